package forkd.launcher.bench.report;

import java.util.Locale;

/** Numbers for people. */
final class Numbers {
    private static final double THOUSAND = 1000;

    private Numbers() {}

    /** Three digits that count; thousands get a comma. */
    static String of(double value) {
        double size = Math.abs(value);
        if (size >= THOUSAND) {
            double digits = Math.pow(10, Math.floor(Math.log10(size)) - 2);
            return String.format(Locale.ROOT, "%,.0f", Math.round(value / digits) * digits);
        }
        String format = size >= 100 || size == 0 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** The median, and in brackets the lowest and the highest. */
    static String spread(double median, double low, double high) {
        return of(median) + " (" + of(low) + "–" + of(high) + ")";
    }
}
