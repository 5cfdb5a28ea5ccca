package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * Asks the kernel about TCP connections that this process has no descriptor of: sock_diag(7), with INET_DIAG_INFO. It needs no
 * privilege and holds nothing of the connection. Used by one thread; owns a netlink socket.
 */
public final class SocketDiag implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int SO_COOKIE = 57;

    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short NLM_F_REQUEST = 1;
    private static final short NLMSG_ERROR = 2;
    private static final byte IPPROTO_TCP = 6;
    private static final short INET_DIAG_INFO = 2;
    private static final byte WITH_INFO = 1 << (INET_DIAG_INFO - 1);
    private static final int ANY_STATE = -1;

    // struct nlmsghdr, netlink(7)
    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int SEQUENCE = 8;
    private static final int HEADER_BYTES = 16;
    // struct inet_diag_req_v2 behind it
    private static final int STATES = HEADER_BYTES + 4;
    private static final int LOCAL_PORT = HEADER_BYTES + 8;
    private static final int PEER_PORT = HEADER_BYTES + 10;
    private static final int LOCAL = HEADER_BYTES + 12;
    private static final int PEER = HEADER_BYTES + 28;
    private static final int INTERFACE = HEADER_BYTES + 44;
    private static final int COOKIE = HEADER_BYTES + 48;
    private static final int REQUEST_BYTES = HEADER_BYTES + 56;
    // struct inet_diag_msg of the answer, and its attributes
    private static final int ATTRIBUTES = HEADER_BYTES + 72;
    private static final int ATTRIBUTE_HEADER = 4;
    // struct tcp_info
    private static final int LAST_DATA_SENT = 44;
    private static final int LAST_DATA_RECV = 52;
    private static final int BYTES_ACKED = 120;
    private static final int BYTES_RECEIVED = 128;

    private static final int ANSWER_BYTES = 4096;

    private final Fd socket;
    private final Pointer memory = Native.allocate(ANSWER_BYTES);
    private int sequence;

    /** socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG). */
    public SocketDiag() throws ErrnoException {
        int fd = LIBC.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        if (fd < 0) {
            throw Native.failed("socket", "NETLINK_SOCK_DIAG");
        }
        socket = new Fd(fd);
    }

    /**
     * What names a connected TCP socket, also when this process has closed it: getsockname(2), getpeername(2), SO_COOKIE.
     *
     * @throws ErrnoException ENOTCONN where the peer has gone already
     */
    public static TcpKey keyOf(Fd socket) throws ErrnoException {
        SocketAddr local = Sockets.getsockname(socket);
        SocketAddr peer = Sockets.getpeername(socket);
        if (!(local instanceof InetAddr here) || !(peer instanceof InetAddr there)) {
            throw new IllegalArgumentException("not a TCP socket: " + local);
        }
        return new TcpKey(here, there, cookieOf(socket));
    }

    private static long cookieOf(Fd socket) throws ErrnoException {
        Pointer value = Native.scratch();
        Pointer length = value.slice(Long.BYTES);
        length.putInt(0, Long.BYTES);
        if (LIBC.getsockopt(socket.number(), Sockets.SOL_SOCKET, SO_COOKIE, value, length) < 0) {
            throw Native.failed("getsockopt", socket + ", SO_COOKIE");
        }
        return value.getLong(0);
    }

    /**
     * What has gone over a connection. Does not block: the kernel answers within write(2).
     *
     * @return empty where the connection is over: closed on both sides, or reset
     */
    public Optional<TcpTraffic> traffic(TcpKey key) throws ErrnoException {
        ask(key);
        int length = answer(key);
        if (memory.getShort(TYPE) == NLMSG_ERROR) {
            int error = -memory.getInt(HEADER_BYTES);
            // Another socket with the same addresses (ESTALE) is another connection: ours has gone.
            if (error == Errno.ENOENT.number() || error == Errno.ESTALE.number()) {
                return Optional.empty();
            }
            throw new ErrnoException("sock_diag(" + key.peer() + ")", Errno.of(error));
        }
        return info(length);
    }

    private void ask(TcpKey key) throws ErrnoException {
        memory.setMemory(0, REQUEST_BYTES, (byte) 0);
        memory.putInt(0, REQUEST_BYTES);
        memory.putShort(TYPE, SOCK_DIAG_BY_FAMILY);
        memory.putShort(FLAGS, NLM_F_REQUEST);
        memory.putInt(SEQUENCE, ++sequence);
        memory.putByte(HEADER_BYTES, (byte) key.peer().family());
        memory.putByte(HEADER_BYTES + 1, IPPROTO_TCP);
        memory.putByte(HEADER_BYTES + 2, WITH_INFO);
        memory.putInt(STATES, ANY_STATE);
        putAddress(LOCAL, LOCAL_PORT, key.local());
        putAddress(PEER, PEER_PORT, key.peer());
        memory.putInt(INTERFACE, key.peer().scopeId());
        memory.putLong(COOKIE, key.cookie());
        long n;
        do {
            n = LIBC.write(socket.number(), memory, REQUEST_BYTES);
        } while (n < 0 && Native.interrupted());
        if (n < 0) {
            throw Native.failed("write", "NETLINK_SOCK_DIAG");
        }
    }

    private void putAddress(int address, int port, InetAddr of) {
        byte[] bytes = of.address().getAddress();
        memory.put(address, bytes, 0, bytes.length);
        memory.putByte(port, (byte) (of.port() >> 8));
        memory.putByte(port + 1, (byte) of.port());
    }

    private int answer(TcpKey key) throws ErrnoException {
        long n;
        do {
            n = LIBC.read(socket.number(), memory, ANSWER_BYTES);
        } while (n < 0 ? Native.interrupted() : memory.getInt(SEQUENCE) != sequence);
        if (n < 0) {
            throw Native.failed("read", "NETLINK_SOCK_DIAG, " + key.peer());
        }
        return (int) n;
    }

    /** A socket in TIME_WAIT has no such attribute. */
    private Optional<TcpTraffic> info(int length) {
        for (int at = ATTRIBUTES; at + ATTRIBUTE_HEADER <= length; ) {
            int bytes = memory.getShort(at) & 0xffff;
            int info = at + ATTRIBUTE_HEADER;
            if (memory.getShort(at + Short.BYTES) == INET_DIAG_INFO && bytes >= BYTES_RECEIVED + Long.BYTES) {
                long sent = Integer.toUnsignedLong(memory.getInt(info + LAST_DATA_SENT));
                long received = Integer.toUnsignedLong(memory.getInt(info + LAST_DATA_RECV));
                return Optional.of(new TcpTraffic(
                        memory.getLong(info + BYTES_RECEIVED),
                        memory.getLong(info + BYTES_ACKED),
                        Math.min(sent, received)));
            }
            at += Math.max(ATTRIBUTE_HEADER, bytes + 3 & ~3);
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        socket.close();
    }
}
