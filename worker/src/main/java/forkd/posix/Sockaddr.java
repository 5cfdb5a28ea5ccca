package forkd.posix;

import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;

/** struct sockaddr_in, sockaddr_in6 and sockaddr_un in memory, as ip(7), ipv6(7) and unix(7) lay them out. */
final class Sockaddr {
    /** sizeof(struct sockaddr_storage). */
    static final int MAX_BYTES = 128;

    private static final int IN_BYTES = 16;
    private static final int IN6_BYTES = 28;
    private static final int UN_PATH = 2;
    private static final int PORT = 2;
    private static final int IN_ADDRESS = 4;
    private static final int IN6_ADDRESS = 8;
    private static final int IN6_SCOPE = 24;

    private Sockaddr() {}

    /** Writes the address and returns its length. */
    static int encode(SocketAddr address, Pointer to) {
        to.setMemory(0, MAX_BYTES, (byte) 0);
        to.putShort(0, (short) address.family());
        if (address instanceof InetAddr inet) {
            byte[] bytes = inet.address().getAddress();
            to.putByte(PORT, (byte) (inet.port() >> 8));
            to.putByte(PORT + 1, (byte) inet.port());
            if (bytes.length == 4) {
                to.put(IN_ADDRESS, bytes, 0, bytes.length);
                return IN_BYTES;
            }
            to.put(IN6_ADDRESS, bytes, 0, bytes.length);
            to.putInt(IN6_SCOPE, inet.scopeId());
            return IN6_BYTES;
        }
        UnixAddr unix = (UnixAddr) address;
        if (!unix.isBindable()) {
            throw new IllegalArgumentException("not a Unix socket's name: " + unix);
        }
        byte[] name = unix.name().getBytes(StandardCharsets.UTF_8);
        if (name.length == 0) {
            return UN_PATH; // with a byte more it would be the abstract name of no bytes
        }
        to.put(UN_PATH, name, 0, name.length);
        if (unix.isAbstract()) {
            // An abstract name starts with NUL and ends where the length says, without a terminator.
            to.putByte(UN_PATH, (byte) 0);
            return UN_PATH + name.length;
        }
        return UN_PATH + name.length + 1;
    }

    /** Reads the address that the kernel wrote. */
    static SocketAddr decode(Pointer from, int length) {
        int family = length < Short.BYTES ? Sockets.AF_UNIX : from.getShort(0);
        return switch (family) {
            case Sockets.AF_INET -> InetAddr.of(bytes(from, IN_ADDRESS, 4), port(from));
            case Sockets.AF_INET6 -> inet6(from);
            case Sockets.AF_UNIX -> unix(from, length);
            default -> throw new IllegalArgumentException("a socket of address family " + family);
        };
    }

    private static SocketAddr inet6(Pointer from) {
        byte[] address = bytes(from, IN6_ADDRESS, 16);
        int scope = from.getInt(IN6_SCOPE);
        if (scope == 0) {
            return InetAddr.of(address, port(from));
        }
        try {
            return new InetAddr(Inet6Address.getByAddress(null, address, scope), port(from));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an IPv6 address", e);
        }
    }

    private static SocketAddr unix(Pointer from, int length) {
        if (length <= UN_PATH) {
            return UnixAddr.UNNAMED;
        }
        byte[] name = bytes(from, UN_PATH, length - UN_PATH);
        if (name[0] == 0) {
            return new UnixAddr("@" + new String(name, 1, name.length - 1, StandardCharsets.UTF_8));
        }
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new UnixAddr(new String(name, 0, end, StandardCharsets.UTF_8));
    }

    private static int port(Pointer from) {
        return ((from.getByte(PORT) & 0xff) << 8) | (from.getByte(PORT + 1) & 0xff);
    }

    private static byte[] bytes(Pointer from, int offset, int count) {
        byte[] bytes = new byte[count];
        from.get(offset, bytes, 0, count);
        return bytes;
    }
}
