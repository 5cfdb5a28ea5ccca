package forkd.launcher.bench.report;

import java.util.List;

/** A bar for each server, the longest above, with a thin line from the lowest round to the highest. */
final class Bars {
    private static final int WIDTH = 900;
    private static final int NAMES = 400;
    private static final int ROOM = 390;
    private static final int TOP = 40;
    private static final int ROW = 26;
    private static final int THICK = 16;

    private Bars() {}

    /**
     * One bar.
     *
     * @param name of the server
     * @param own is it ours?
     * @param measurement its length
     */
    record Bar(String name, boolean own, Measurement measurement) {}

    static String draw(String title, List<Bar> bars) {
        Svg svg = new Svg(WIDTH, TOP + bars.size() * ROW + 10, title);
        double most =
                bars.stream().mapToDouble(bar -> bar.measurement().high()).max().orElse(1);
        for (int i = 0; i < bars.size(); i++) {
            Measurement m = bars.get(i).measurement();
            double y = TOP + i * ROW;
            double middle = y + THICK / 2.0;
            svg.word(NAMES - 8, middle + 5, "end", bars.get(i).name());
            svg.box(NAMES, y, ROOM * m.median() / most, THICK, bars.get(i).own() ? "#c0561b" : "#7d95ab");
            svg.line(NAMES + ROOM * m.low() / most, middle, NAMES + ROOM * m.high() / most, middle, "black", 1);
            svg.word(NAMES + ROOM * m.high() / most + 6, middle + 5, "start", Numbers.of(m.median()));
        }
        return svg.toString();
    }
}
