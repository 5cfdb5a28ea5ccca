package forkd.launcher.cli;

import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations as people write them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}; a bare number is seconds. At most a
 * year: those who use them count in nanoseconds, of which a long has 292 years, and add some up.
 */
final class DurationConverter implements ITypeConverter<Duration> {
    static final String MOST = "8760h";

    private static final BigInteger MOST_MILLIS =
            BigInteger.valueOf(Duration.ofDays(365).toMillis());
    private static final Pattern FORM = Pattern.compile("(\\d+)(ms|s|m|h)?");

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a time; expected 500ms, 30s, 5m or 1h");
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        BigInteger millis = new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(millisOf(unit)));
        if (millis.compareTo(MOST_MILLIS) > 0) {
            throw new TypeConversionException("'" + text + "' is more than " + MOST + ", the most that is allowed");
        }
        return Duration.ofMillis(millis.longValueExact());
    }

    /** The duration as it is read. */
    static String text(Duration time) {
        return time.toMillisPart() == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }

    private static long millisOf(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> throw new IllegalStateException("the pattern let " + unit + " through");
        };
    }
}
