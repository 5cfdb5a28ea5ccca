package forkd.launcher.server;

import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.posix.UnixAddr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An address that a user asks to listen on: {@code HOST:PORT}, {@code [V6]:PORT}, {@code *:PORT} for IPv4 and IPv6 at once,
 * or {@code unix:PATH}.
 *
 * @param address what to bind
 * @param dualStack whether IPv4 clients are welcome on the IPv6 address
 */
public record ListenAddress(SocketAddr address, boolean dualStack) {
    private static final String UNIX = "unix:";
    private static final int MAX_PORT = 0xffff;

    /**
     * Reads an address; a host name is looked up.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static ListenAddress parse(String text) {
        if (text.startsWith(UNIX)) {
            return unix(text.substring(UNIX.length()));
        }
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw invalid(text, "it has no port");
        }
        String host = text.substring(0, colon);
        int port = port(text, text.substring(colon + 1));
        if (host.equals("*")) {
            return new ListenAddress(InetAddr.of(new byte[16], port), true);
        }
        return new ListenAddress(new InetAddr(resolve(text, host), port), false);
    }

    private static ListenAddress unix(String path) {
        UnixAddr address = new UnixAddr(path);
        if (path.isEmpty() || path.equals("@")) {
            throw invalid(UNIX + path, "it has no path");
        }
        if (!address.isBindable()) {
            throw invalid(UNIX + path, "a Unix socket's path has at most " + UnixAddr.MAX_BYTES + " bytes");
        }
        return new ListenAddress(address, false);
    }

    private static int port(String text, String port) {
        if (port.isEmpty() || !port.chars().allMatch(c -> c >= '0' && c <= '9') || port.length() > 5) {
            throw invalid(text, "'" + port + "' is not a port");
        }
        int number = Integer.parseInt(port);
        if (number > MAX_PORT) {
            throw invalid(text, "a port is at most " + MAX_PORT);
        }
        return number;
    }

    /** The numbers-and-dots forms of inet_aton(3), 127.1 for 127.0.0.1, are more often a slip than meant. */
    private static final Pattern SHORT_IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){0,2}");

    private static InetAddress resolve(String text, String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty()) {
            throw invalid(text, "it has no host (use * for all)");
        }
        if (!bracketed && host.indexOf(':') >= 0) {
            throw invalid(text, "an IPv6 address stands in brackets");
        }
        String name = bracketed ? host.substring(1, host.length() - 1) : host;
        if (bracketed && name.indexOf(':') < 0) {
            throw invalid(text, "only an IPv6 address stands in brackets");
        }
        if (SHORT_IPV4.matcher(name).matches()) {
            throw invalid(text, "'" + name + "' is not a whole IPv4 address");
        }
        try {
            return InetAddress.getByName(name);
        } catch (UnknownHostException e) {
            throw invalid(text, "the host '" + name + "' is not known");
        }
    }

    private static IllegalArgumentException invalid(String text, String why) {
        return new IllegalArgumentException("bad address '" + text.replaceAll("\\p{Cntrl}", "?") + "': " + why
                + "; expected HOST:PORT, [V6]:PORT, *:PORT or unix:PATH");
    }

    /** The address as asked for; that of the {@link Listener} has the real port. */
    @Override
    public String toString() {
        return dualStack && address instanceof InetAddr inet ? "*:" + inet.port() : address.toString();
    }
}
