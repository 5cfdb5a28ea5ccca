package forkd.launcher.bench.report;

import java.util.List;

/** The percentiles that are kept, and their names in the files. */
public final class Percentiles {
    /** From the median to the worst. */
    public static final List<Double> ALL = List.of(50.0, 90.0, 99.0, 99.9, 100.0);

    private Percentiles() {}

    /** p50, p99.9, max. */
    public static String name(double percentile) {
        if (percentile == 100.0) {
            return "max";
        }
        String digits = Double.toString(percentile);
        return "p" + (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits);
    }
}
