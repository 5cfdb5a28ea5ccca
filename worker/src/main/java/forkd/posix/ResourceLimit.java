package forkd.posix;

/**
 * A limit of getrlimit(2), in its own unit: bytes, seconds, processes.
 *
 * @param soft what the kernel enforces
 * @param hard how far the process may raise it
 */
public record ResourceLimit(Resource resource, long soft, long hard) {
    public static final long INFINITY = -1;

    /** The limit of {@code SOFT:HARD}, two numbers. */
    public static ResourceLimit parse(Resource resource, String text) {
        int colon = text.indexOf(':');
        return new ResourceLimit(
                resource, Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    /** As the command line has it. */
    @Override
    public String toString() {
        return resource + "=" + text(soft) + ":" + text(hard);
    }

    private static String text(long value) {
        return value == INFINITY ? "unlimited" : Long.toUnsignedString(value);
    }
}
