package forkd.launcher.bench.report;

import java.util.List;

/** The middle of some values and how far they lie apart. */
public final class Statistics {
    private Statistics() {}

    /** The median; between the two in the middle where their number is even. */
    public static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The lowest. */
    public static double low(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The highest. */
    public static double high(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** Four digits that count: what the measurements support, and files that can be read. */
    public static double rounded(double value) {
        if (value == 0 || Double.isInfinite(value) || Double.isNaN(value)) {
            return value;
        }
        double scale = Math.pow(10, 3 - Math.floor(Math.log10(Math.abs(value))));
        return Math.round(value * scale) / scale;
    }
}
