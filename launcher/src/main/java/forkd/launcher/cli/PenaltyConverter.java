package forkd.launcher.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code crash=90s} and its like. */
final class PenaltyConverter implements ITypeConverter<PenaltyTime> {
    private final DurationConverter durations = new DurationConverter();

    @Override
    public PenaltyTime convert(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        for (PenaltyTime.Kind kind : PenaltyTime.Kind.values()) {
            if (equals >= 0 && kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return new PenaltyTime(kind, durations.convert(text.substring(equals + 1)));
            }
        }
        throw new TypeConversionException(
                "'" + text + "' is not KIND=TIME; the kinds are crash, exit, timeout, refused, and min and max");
    }
}
