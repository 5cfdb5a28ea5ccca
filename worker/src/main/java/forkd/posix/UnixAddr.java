package forkd.posix;

import java.nio.charset.StandardCharsets;

/**
 * The address of a Unix domain socket: unix(7). A name that starts with {@code @} is an abstract one (a NUL byte on the
 * wire); the empty name is that of a socket which was never bound, as a client's is.
 *
 * @param name the path, {@code @name}, or the empty string
 */
public record UnixAddr(String name) implements SocketAddr {

    /** sun_path has 108 bytes, and a path keeps its terminating NUL. */
    public static final int MAX_BYTES = 107;

    public static final UnixAddr UNNAMED = new UnixAddr("");

    /** Whether the name fits into an address; one that the kernel gave us may hold anything. */
    public boolean isBindable() {
        return name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES && name.indexOf('\0') < 0;
    }

    @Override
    public int family() {
        return Sockets.AF_UNIX;
    }

    public boolean isAbstract() {
        return name.startsWith("@");
    }

    /** Whether the address is a file. */
    public boolean isPath() {
        return !name.isEmpty() && !isAbstract();
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "unix" : "unix:" + printable();
    }

    /** A peer chooses its own name, which may hold any byte; what is printed and passed on holds no control characters. */
    private String printable() {
        if (name.chars().noneMatch(UnixAddr::isUnprintable)) {
            return name;
        }
        StringBuilder text = new StringBuilder();
        name.chars().forEach(c -> {
            if (isUnprintable(c)) {
                text.append(String.format("\\x%02x", c));
            } else {
                text.append((char) c);
            }
        });
        return text.toString();
    }

    private static boolean isUnprintable(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c == '\\';
    }
}
