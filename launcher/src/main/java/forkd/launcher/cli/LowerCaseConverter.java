package forkd.launcher.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the constants of an enum, in lower case and in no other. */
abstract class LowerCaseConverter<E extends Enum<E>> implements ITypeConverter<E> {
    private final List<E> values;

    LowerCaseConverter(Class<E> type) {
        values = Arrays.asList(type.getEnumConstants());
    }

    @Override
    public final E convert(String text) {
        return values.stream()
                .filter(value -> name(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of " + names()));
    }

    private String names() {
        return String.join(", ", values.stream().map(LowerCaseConverter::name).toList());
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
