package forkd.launcher.proxy;

import forkd.launcher.access.IpLiteral;
import forkd.posix.InetAddr;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The line of version 1: {@code PROXY TCP4 192.0.2.1 198.51.100.1 56324 443}. */
final class VersionOne {
    static final byte[] START = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    /** With CRLF. */
    static final int MAX_BYTES = 107;

    private static final String UNKNOWN = "UNKNOWN";
    private static final int FIELDS = 6;
    private static final int MAX_PORT = 0xffff;
    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

    private VersionOne() {}

    /** How many of the bytes belong to the line: up to its CRLF, or all where that has not come yet. */
    static int measure(byte[] bytes, int size) throws ProxyHeaderException {
        for (int i = START.length; i < Math.min(size, MAX_BYTES); i++) {
            if (bytes[i] == '\n') {
                if (bytes[i - 1] != '\r') {
                    throw new ProxyHeaderException("the line ends without CR");
                }
                return i + 1;
            }
            if (bytes[i - 1] == '\r') {
                throw new ProxyHeaderException("a CR without LF in the line");
            }
        }
        if (size >= MAX_BYTES) {
            throw new ProxyHeaderException("the line has no end within " + MAX_BYTES + " bytes");
        }
        return size;
    }

    static boolean isComplete(byte[] bytes, int size) {
        return size > START.length && bytes[size - 1] == '\n';
    }

    /** Reads a whole line, with its CRLF. */
    static ProxyHeader parse(byte[] bytes, int size) throws ProxyHeaderException {
        String line = new String(bytes, 0, size - 2, StandardCharsets.ISO_8859_1);
        String rest = line.substring(START.length);
        if (rest.equals(UNKNOWN) || rest.startsWith(UNKNOWN + " ")) {
            return new ProxyHeader(1, false, Optional.empty(), List.of());
        }
        String[] fields = line.split(" ", -1);
        if (fields.length != FIELDS) {
            throw new ProxyHeaderException("the line has " + fields.length + " fields, not " + FIELDS);
        }
        boolean six = switch (fields[1]) {
            case "TCP4" -> false;
            case "TCP6" -> true;
            default -> throw new ProxyHeaderException("the protocol is not TCP4, TCP6 or UNKNOWN");
        };
        return new ProxyHeader(
                1,
                false,
                Optional.of(new ProxyHeader.Addresses(
                        address(fields[2], fields[4], six), address(fields[3], fields[5], six))),
                List.of());
    }

    private static InetAddr address(String host, String port, boolean six) throws ProxyHeaderException {
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > MAX_PORT) {
            throw new ProxyHeaderException("a port is no number from 0 to " + MAX_PORT);
        }
        if (six != host.indexOf(':') >= 0) {
            throw new ProxyHeaderException("an address is not of the line's family");
        }
        try {
            return InetAddr.of(IpLiteral.parse(host), Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            // Its message quotes the sender's bytes, which belong into no log.
            throw new ProxyHeaderException("an address is not in its canonical form");
        }
    }
}
