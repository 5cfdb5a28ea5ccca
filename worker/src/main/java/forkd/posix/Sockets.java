package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.util.List;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * The system calls that are about sockets and nothing else, as {@link Posix} has the others, by the same rules. To read, write
 * and close a socket are calls of any descriptor.
 */
public final class Sockets {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;

    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_TYPE = 3;
    public static final int SO_ERROR = 4;
    public static final int SO_KEEPALIVE = 9;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PASSCRED = 16;
    public static final int SO_PEERCRED = 17;
    public static final int SO_ACCEPTCONN = 30;
    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;
    public static final int TCP_KEEPIDLE = 4;
    public static final int TCP_KEEPINTVL = 5;
    public static final int TCP_KEEPCNT = 6;
    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_V6ONLY = 26;

    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    private Sockets() {}

    /** int socket(int domain, int type, int protocol); socket(2). The caller owns the socket. Does not block. */
    public static Fd socket(int domain, SocketType type) throws ErrnoException {
        int fd = LIBC.socket(domain, type.number() | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Native.failed("socket", "family " + domain);
        }
        return new Fd(fd);
    }

    /** A listening socket whose accept never blocks: socket(2) with SOCK_NONBLOCK. The caller owns it. */
    public static Fd nonBlockingSocket(int domain, SocketType type) throws ErrnoException {
        int fd = LIBC.socket(domain, type.number() | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            throw Native.failed("socket", "family " + domain);
        }
        return new Fd(fd);
    }

    /** int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen); bind(2). */
    public static void bind(Fd socket, SocketAddr address) throws ErrnoException {
        Pointer memory = Native.scratch();
        int length = Sockaddr.encode(address, memory);
        if (LIBC.bind(socket.number(), memory, length) < 0) {
            throw Native.failed("bind", address);
        }
    }

    /**
     * int listen(int sockfd, int backlog); listen(2).
     *
     * @param backlog how many finished handshakes may wait for accept; the kernel caps it at net.core.somaxconn
     */
    public static void listen(Fd socket, int backlog) throws ErrnoException {
        if (LIBC.listen(socket.number(), backlog) < 0) {
            throw Native.failed("listen", socket);
        }
    }

    /**
     * int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags); accept(2). Always SOCK_CLOEXEC.
     * The connected socket blocks, whatever the listening one does. The caller owns the connection. Empty where nothing
     * waits (EAGAIN) or the peer has gone (ECONNABORTED); blocks only on a blocking listener.
     */
    public static Optional<AcceptedConnection> accept(Fd listener) throws ErrnoException {
        Pointer address = Native.scratch();
        Pointer length = address.slice(Sockaddr.MAX_BYTES);
        int fd;
        do {
            length.putInt(0, Sockaddr.MAX_BYTES);
            fd = LIBC.accept4(listener.number(), address, length, SOCK_CLOEXEC);
        } while (fd < 0 && Native.interrupted());
        if (fd < 0) {
            Errno errno = Native.errno();
            if (errno == Errno.EAGAIN || errno == Errno.ECONNABORTED) {
                return Optional.empty();
            }
            throw new ErrnoException("accept(" + listener + ")", errno);
        }
        Fd socket = new Fd(fd);
        try {
            return Optional.of(new AcceptedConnection(socket, Sockaddr.decode(address, length.getInt(0))));
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen); connect(2). Blocks until the peer
     * answers. An interrupted connect goes on in the kernel, so EINTR is followed by poll(2) and SO_ERROR and not by a
     * second connect.
     */
    public static void connect(Fd socket, SocketAddr address) throws ErrnoException {
        Pointer memory = Native.scratch();
        int length = Sockaddr.encode(address, memory);
        if (LIBC.connect(socket.number(), memory, length) < 0) {
            Errno errno = Native.errno();
            if (errno == Errno.EINTR) {
                errno = connectResult(socket);
            }
            if (errno != null) {
                throw new ErrnoException("connect(" + address + ")", errno);
            }
        }
    }

    private static Errno connectResult(Fd socket) throws ErrnoException {
        final int pollout = 4;
        Pointer entry = Native.allocate(8);
        entry.putInt(0, socket.number());
        entry.putShort(4, (short) pollout);
        int ready;
        do {
            ready = LIBC.poll(entry, 1, -1);
        } while (ready < 0 && Native.interrupted());
        if (ready < 0) {
            throw Native.failed("poll", socket);
        }
        int error = getsockopt(socket, SOL_SOCKET, SO_ERROR);
        return error == 0 ? null : Errno.of(error);
    }

    /** int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen); getsockname(2): our side's address. */
    public static SocketAddr getsockname(Fd socket) throws ErrnoException {
        Pointer address = Native.scratch();
        Pointer length = address.slice(Sockaddr.MAX_BYTES);
        length.putInt(0, Sockaddr.MAX_BYTES);
        if (LIBC.getsockname(socket.number(), address, length) < 0) {
            throw Native.failed("getsockname", socket);
        }
        return Sockaddr.decode(address, length.getInt(0));
    }

    /** int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen); getpeername(2): the other side's. */
    public static SocketAddr getpeername(Fd socket) throws ErrnoException {
        return peerOf(socket.number());
    }

    /** getpeername(2) of a descriptor that this process was born with and that has no owner. */
    public static SocketAddr peerOf(int socket) throws ErrnoException {
        Pointer address = Native.scratch();
        Pointer length = address.slice(Sockaddr.MAX_BYTES);
        length.putInt(0, Sockaddr.MAX_BYTES);
        if (LIBC.getpeername(socket, address, length) < 0) {
            throw Native.failed("getpeername", "fd " + socket);
        }
        return Sockaddr.decode(address, length.getInt(0));
    }

    /** int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen), an int's worth. */
    public static void setsockopt(Fd socket, int level, int name, int value) throws ErrnoException {
        Pointer memory = Native.scratch();
        memory.putInt(0, value);
        if (LIBC.setsockopt(socket.number(), level, name, memory, Integer.BYTES) < 0) {
            throw Native.failed("setsockopt", socket + ", option " + name);
        }
    }

    /** int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen), an int's worth. */
    public static int getsockopt(Fd socket, int level, int name) throws ErrnoException {
        return optionOf(socket.number(), level, name);
    }

    /** getsockopt(2) of a descriptor that this process was born with and that has no owner. */
    static int optionOf(int socket, int level, int name) throws ErrnoException {
        Pointer value = Native.scratch();
        Pointer length = value.slice(Long.BYTES);
        length.putInt(0, Integer.BYTES);
        if (LIBC.getsockopt(socket, level, name, value, length) < 0) {
            throw Native.failed("getsockopt", "fd " + socket + ", option " + name);
        }
        return value.getInt(0);
    }

    /** getsockopt(2) with SO_PEERCRED, unix(7): the process that connected to a Unix socket. */
    public static PeerCredentials peerCredentials(Fd socket) throws ErrnoException {
        final int bytes = 3 * Integer.BYTES; // struct ucred
        Pointer value = Native.scratch();
        Pointer length = value.slice(bytes + Integer.BYTES);
        length.putInt(0, bytes);
        if (LIBC.getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, value, length) < 0) {
            throw Native.failed("getsockopt", socket + ", SO_PEERCRED");
        }
        return new PeerCredentials(
                value.getInt(0),
                Integer.toUnsignedLong(value.getInt(Integer.BYTES)),
                Integer.toUnsignedLong(value.getInt(2 * Integer.BYTES)));
    }

    /**
     * ssize_t recv(int sockfd, void *buf, size_t len, int flags) with MSG_DONTWAIT; recv(2). Does not block, whatever the socket
     * does.
     *
     * @param peek MSG_PEEK: what is returned stays in the socket
     * @return how many bytes came, 0 where nothing waits (EAGAIN), or -1 at the end of file
     */
    public static int receive(Fd socket, byte[] buffer, int count, boolean peek) throws ErrnoException {
        final int msgPeek = 0x02;
        Pointer memory = Native.buffer(count);
        long n;
        do {
            n = LIBC.recv(socket.number(), memory, count, peek ? msgPeek | MSG_DONTWAIT : MSG_DONTWAIT);
        } while (n < 0 && Native.interrupted());
        if (n < 0) {
            Errno errno = Native.errno();
            if (errno == Errno.EAGAIN) {
                return 0;
            }
            throw new ErrnoException("recv(" + socket + ")", errno);
        }
        memory.get(0, buffer, 0, (int) n);
        return n == 0 ? -1 : (int) n;
    }

    /**
     * ssize_t send(int sockfd, const void *buf, size_t len, int flags) with MSG_DONTWAIT and MSG_NOSIGNAL; send(2). Does not
     * block, whatever the socket does otherwise.
     *
     * @return how many bytes the kernel has taken: 0 where its buffer is full (EAGAIN)
     */
    public static int sendNow(Fd socket, byte[] data) throws ErrnoException {
        Pointer memory = Native.buffer(data.length);
        memory.put(0, data, 0, data.length);
        long n;
        do {
            n = LIBC.send(socket.number(), memory, data.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        } while (n < 0 && Native.interrupted());
        if (n >= 0) {
            return (int) n;
        }
        Errno errno = Native.errno();
        if (errno == Errno.EAGAIN) {
            return 0;
        }
        throw new ErrnoException("send(" + socket + ")", errno);
    }

    /**
     * ssize_t recv(int sockfd, void *buf, size_t len, int flags) with MSG_DONTWAIT; recv(2): throws away what has come, up to
     * 64 KiB at a time. Does not block.
     *
     * @return whether that was the end of file: nothing more will come
     */
    public static boolean discardInput(Fd socket) throws ErrnoException {
        final int rounds = 64;
        Pointer memory = Native.buffer(1024);
        for (int i = 0; i < rounds; i++) {
            long n = LIBC.recv(socket.number(), memory, 1024, MSG_DONTWAIT);
            if (n == 0) {
                return true;
            }
            if (n < 0 && !Native.interrupted()) {
                Errno errno = Native.errno();
                if (errno == Errno.EAGAIN) {
                    return false;
                }
                throw new ErrnoException("recv(" + socket + ")", errno);
            }
        }
        return false;
    }

    /** int shutdown(int sockfd, int how); shutdown(2). SHUT_WR tells the peer that nothing more comes: half-close. */
    public static void shutdown(Fd socket, int how) throws ErrnoException {
        if (LIBC.shutdown(socket.number(), how) < 0) {
            throw Native.failed("shutdown", socket);
        }
    }

    /** int socketpair(int domain, int type, int protocol, int sv[2]); socketpair(2), AF_UNIX. The caller owns both. */
    public static SocketPair socketpair(SocketType type) throws ErrnoException {
        Pointer pair = Native.scratch();
        if (LIBC.socketpair(AF_UNIX, type.number() | SOCK_CLOEXEC, 0, pair) < 0) {
            throw Native.failed("socketpair", type);
        }
        return new SocketPair(new Fd(pair.getInt(0)), new Fd(pair.getInt(Integer.BYTES)));
    }

    /**
     * ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags), with SCM_RIGHTS; unix(7). Without SIGPIPE. Blocks
     * while the socket's buffer is full. The descriptors stay the caller's: the kernel holds its own reference to them.
     */
    public static void sendmsg(Fd socket, byte[] data, List<Fd> descriptors) throws ErrnoException {
        PacketBuffer packet = new PacketBuffer(data.length, descriptors.size());
        packet.putBytes(0, data, 0, data.length);
        packet.send(socket, data.length, descriptors);
    }

    /**
     * ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags); recv(2), unix(7). Blocks until a message or the end of
     * file comes. The caller owns the descriptors of the answer, which are close-on-exec.
     *
     * @throws ErrnoException EMSGSIZE where the message had more bytes or descriptors than allowed; what had come is closed
     */
    public static Message recvmsg(Fd socket, int maxBytes, int maxDescriptors) throws ErrnoException {
        PacketBuffer packet = new PacketBuffer(maxBytes, maxDescriptors);
        byte[] data = new byte[packet.receive(socket)];
        packet.getBytes(0, data, 0, data.length);
        return new Message(data, packet.descriptors());
    }
}
