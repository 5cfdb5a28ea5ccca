package forkd.launcher.cli;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers of bytes: {@code 4096}, or with a K, M or G behind it, in powers of 1024. At most a pebibyte. */
final class ByteSizeConverter implements ITypeConverter<Long> {
    static final String MOST = "1048576G";

    private static final BigInteger MOST_BYTES = BigInteger.ONE.shiftLeft(50);
    private static final Pattern FORM = Pattern.compile("(\\d+)([KMG]?)");

    @Override
    public Long convert(String text) {
        return parse(text, "is not a number of bytes; expected 4096, 64M or 2G");
    }

    /**
     * Reads such a number.
     *
     * @param otherwise what the user is told of a text that is none, behind the text
     */
    static long parse(String text, String otherwise) {
        Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' " + otherwise);
        }
        int shift = 10 * " KMG".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
        BigInteger bytes = new BigInteger(matcher.group(1)).shiftLeft(shift);
        if (bytes.compareTo(MOST_BYTES) > 0) {
            throw new TypeConversionException("'" + text + "' is more than " + MOST + ", the most that is allowed");
        }
        return bytes.longValueExact();
    }
}
