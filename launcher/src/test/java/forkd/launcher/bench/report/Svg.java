package forkd.launcher.bench.report;

import java.util.Locale;

/**
 * A picture that is written by hand: some lines, boxes and words. Chart libraries paint words as outlines, and make half a megabyte of
 * what here is some kilobytes that can be compared between two runs.
 */
final class Svg {
    private final StringBuilder text;

    Svg(int width, int height, String title) {
        text = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n",
                width,
                height,
                width,
                height));
        text.append("<text x=\"10\" y=\"22\" font-size=\"16\">")
                .append(escaped(title))
                .append("</text>\n");
    }

    /** Words; anchor is start, middle or end. */
    void word(double x, double y, String anchor, String word) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(word));
    }

    void box(double x, double y, double width, double height, String colour) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n", x, y, width, height, colour);
    }

    void line(double x1, double y1, double x2, double y2, String colour, double width) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>%n",
                x1, y1, x2, y2, colour, width);
    }

    void dot(double x, double y, String colour) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n", x, y, colour);
    }

    private void add(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments));
    }

    private static String escaped(String word) {
        return word.replace("&", "&amp;").replace("<", "&lt;");
    }

    @Override
    public String toString() {
        return text + "</svg>\n";
    }
}
