package forkd.launcher.cli;

import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number, or {@code auto}, which is the empty one. */
final class SparesConverter implements ITypeConverter<OptionalInt> {
    private static final int MAX = 1000;

    @Override
    public OptionalInt convert(String text) {
        if (text.equals("auto")) {
            return OptionalInt.empty();
        }
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) > MAX) {
            throw new TypeConversionException("'" + text + "' is neither auto nor a number from 0 to " + MAX);
        }
        return OptionalInt.of(Integer.parseInt(text));
    }
}
