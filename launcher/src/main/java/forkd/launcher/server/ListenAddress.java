package forkd.launcher.server;

import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.posix.UnixAddr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address that a user asks to listen on: {@code HOST:PORT}, {@code [V6]:PORT}, {@code *:PORT} for IPv4 and IPv6 at once,
 * {@code unix:PATH}, or {@code unix:@NAME} for an abstract one.
 *
 * @param address what to bind
 * @param dualStack whether IPv4 clients are welcome on the IPv6 address
 */
public record ListenAddress(SocketAddr address, boolean dualStack) implements ListenSource {
    private static final String UNIX = "unix:";
    private static final String DESCRIPTOR = "fd:";
    private static final String SYSTEMD = "systemd";
    private static final Pattern DESCRIPTOR_NUMBER = Pattern.compile("[0-9]{1,7}");
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

    /** The same for {@code fd:N}, {@code systemd} and {@code systemd:NAME} as well. */
    static ListenSource parseSource(String text) {
        if (text.startsWith(DESCRIPTOR)) {
            return new InheritedDescriptor(descriptor(text, text.substring(DESCRIPTOR.length())));
        }
        if (text.equals(SYSTEMD)) {
            return new SystemdSockets(Optional.empty());
        }
        if (text.startsWith(SYSTEMD + ":")) {
            String name = text.substring(SYSTEMD.length() + 1);
            if (name.isEmpty()) {
                throw invalid(text, "it has no name");
            }
            return new SystemdSockets(Optional.of(name));
        }
        return parse(text);
    }

    private static int descriptor(String text, String number) {
        if (!DESCRIPTOR_NUMBER.matcher(number).matches()) {
            throw invalid(text, "'" + number + "' is not a descriptor");
        }
        int fd = Integer.parseInt(number);
        if (fd == Fd.STDOUT || fd == Fd.STDERR) {
            throw invalid(text, "descriptors 1 and 2 are for output");
        }
        return fd;
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

    static IllegalArgumentException invalid(String text, String why) {
        return new IllegalArgumentException("bad address '" + text.replaceAll("\\p{Cntrl}", "?") + "': " + why
                + "; expected HOST:PORT, [V6]:PORT, *:PORT, unix:PATH, fd:N or systemd[:NAME]");
    }

    /** The address as asked for; that of the {@link Listener} has the real port. */
    @Override
    public String toString() {
        return dualStack && address instanceof InetAddr inet ? "*:" + inet.port() : address.toString();
    }
}
