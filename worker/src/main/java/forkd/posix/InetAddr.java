package forkd.posix;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An IPv4 or IPv6 address with a port: ip(7), ipv6(7). An IPv4-mapped IPv6 address ({@code ::ffff:1.2.3.4}) is the
 * IPv4 address itself: a peer of a dual-stack listener looks like any other IPv4 peer, to rules, limits and logs.
 *
 * @param address the host
 * @param port 0 to 65535, in host order
 */
public record InetAddr(InetAddress address, int port) implements SocketAddr {

    private static final int GROUPS = 8;
    /** ::ffff:0:0/96, RFC 4291 2.5.5.2. */
    private static final int MAPPED_ZEROS = 10;

    public InetAddr {
        address = plain(address);
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }

    /** InetAddress does it by itself, but not where there is a scope, which an IPv4 address has none of. */
    private static InetAddress plain(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != 2 * GROUPS || bytes[10] != -1 || bytes[11] != -1) {
            return address;
        }
        for (int i = 0; i < MAPPED_ZEROS; i++) {
            if (bytes[i] != 0) {
                return address;
            }
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }

    /** The address of 4 or 16 bytes, in network order. */
    public static InetAddr of(byte[] address, int port) {
        try {
            return new InetAddr(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length, e);
        }
    }

    @Override
    public int family() {
        return address instanceof Inet4Address ? Sockets.AF_INET : Sockets.AF_INET6;
    }

    /** The scope of a link-local IPv6 address, 0 for none. */
    int scopeId() {
        return address instanceof Inet6Address six ? six.getScopeId() : 0;
    }

    /** The address without the port, IPv6 in the short form of RFC 5952. */
    public String host() {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        String text = compressed(bytes);
        return scopeId() == 0 ? text : text + "%" + scopeId();
    }

    @Override
    public String toString() {
        return address instanceof Inet4Address ? host() + ":" + port : "[" + host() + "]:" + port;
    }

    /** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as ::. */
    private static String compressed(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
