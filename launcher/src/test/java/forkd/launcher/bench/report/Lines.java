package forkd.launcher.bench.report;

import java.util.List;
import java.util.stream.DoubleStream;

/** Lines over a logarithmic axis, each with its name at its end. */
final class Lines {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;
    private static final int LEFT = 80;
    private static final int RIGHT = 620;
    private static final int TOP = 50;
    private static final int BOTTOM = 370;
    private static final int NAME_HEIGHT = 16;
    private static final List<String> COLOURS =
            List.of("#c0561b", "#30628c", "#4f8a3c", "#8c4f8f", "#a08a1e", "#555555", "#2a8f8a");

    private Lines() {}

    /**
     * One line.
     *
     * @param name at its end
     * @param y its values, one for each tick
     */
    record Line(String name, List<Double> y) {}

    /**
     * The axis.
     *
     * @param title below it
     * @param x where the ticks are, in the order of their logarithms
     * @param names of the ticks
     */
    record Axis(String title, List<Double> x, List<String> names) {
        double place(int i) {
            double low = Math.log(x.get(0));
            return LEFT + (RIGHT - LEFT) * (Math.log(x.get(i)) - low) / (Math.log(x.get(x.size() - 1)) - low);
        }
    }

    static String draw(String title, Axis axis, List<Line> lines) {
        Svg svg = new Svg(WIDTH, HEIGHT, title);
        double low = Math.floor(Math.log10(values(lines).min().orElse(1)));
        double high = Math.ceil(Math.log10(values(lines).max().orElse(1)));
        high = Math.max(high, low + 1);
        for (double decade = low; decade <= high; decade++) {
            double y = height(Math.pow(10, decade), low, high);
            svg.line(LEFT, y, RIGHT, y, "#dddddd", 1);
            svg.word(LEFT - 8, y + 4, "end", Numbers.of(Math.pow(10, decade)));
        }
        for (int i = 0; i < axis.x().size(); i++) {
            svg.line(axis.place(i), TOP, axis.place(i), BOTTOM, "#eeeeee", 1);
            svg.word(axis.place(i), BOTTOM + 18, "middle", axis.names().get(i));
        }
        svg.word((LEFT + RIGHT) / 2.0, BOTTOM + 40, "middle", axis.title());
        for (int l = 0; l < lines.size(); l++) {
            draw(svg, axis, lines.get(l), COLOURS.get(l % COLOURS.size()), low, high);
            svg.line(RIGHT + 14, TOP + l * NAME_HEIGHT, RIGHT + 30, TOP + l * NAME_HEIGHT, COLOURS.get(l), 3);
            svg.word(
                    RIGHT + 36, TOP + l * NAME_HEIGHT + 4, "start", lines.get(l).name());
        }
        return svg.toString();
    }

    private static void draw(Svg svg, Axis axis, Line line, String colour, double low, double high) {
        for (int i = 0; i < line.y().size(); i++) {
            double y = height(line.y().get(i), low, high);
            svg.dot(axis.place(i), y, colour);
            if (i > 0) {
                svg.line(axis.place(i - 1), height(line.y().get(i - 1), low, high), axis.place(i), y, colour, 2);
            }
        }
    }

    private static double height(double value, double low, double high) {
        return BOTTOM - (BOTTOM - TOP) * (Math.log10(value) - low) / (high - low);
    }

    private static DoubleStream values(List<Line> lines) {
        return lines.stream().flatMapToDouble(line -> line.y().stream().mapToDouble(Double::doubleValue));
    }
}
