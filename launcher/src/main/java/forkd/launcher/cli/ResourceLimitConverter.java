package forkd.launcher.cli;

import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Limits as people write them: {@code nofile=1024}, {@code core=0:unlimited}, {@code as=2G}. */
final class ResourceLimitConverter implements ITypeConverter<ResourceLimit> {
    static final String NAMES =
            "as, core, cpu (seconds), data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio,"
                    + " rttime, sigpending, stack";

    private static final String UNLIMITED = "unlimited";
    private static final Pattern FORM = Pattern.compile("(\\w+)=([^:]+)(?::(.+))?");

    @Override
    public ResourceLimit convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not NAME=SOFT or NAME=SOFT:HARD, as nofile=1024:4096");
        }
        Resource resource = Arrays.stream(Resource.values())
                .filter(one -> one.toString().equals(matcher.group(1)))
                .findFirst()
                .orElseThrow(
                        () -> new TypeConversionException("'" + matcher.group(1) + "' is none of the limits " + NAMES));
        long soft = value(matcher.group(2));
        long hard = matcher.group(3) == null ? soft : value(matcher.group(3));
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw new TypeConversionException("'" + text + "': the soft limit is above the hard one");
        }
        return new ResourceLimit(resource, soft, hard);
    }

    private static long value(String text) {
        return text.equals(UNLIMITED)
                ? ResourceLimit.INFINITY
                : ByteSizeConverter.parse(text, "is no limit; expected a number, as 4096 or 2G, or " + UNLIMITED);
    }
}
