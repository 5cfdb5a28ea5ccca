package forkd.launcher.server;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.SocketDiag;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.TcpKey;
import forkd.posix.TcpTraffic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How long a connection may be quiet: no byte either way. The launcher keeps no descriptor of a connection for this, which
 * would hold back its client's end of file; it asks the kernel for the socket by its addresses. Owns what it asks with. The
 * accept loop's thread only.
 */
final class IdleLimit implements AutoCloseable {
    private final long limit;
    private final SocketDiag kernel;

    private IdleLimit(Duration limit, SocketDiag kernel) {
        this.limit = limit.toNanos();
        this.kernel = kernel;
    }

    /**
     * Proves that the kernel answers.
     *
     * @throws ListenException with one line for the user, where it cannot be applied here
     */
    static IdleLimit open(Duration limit) throws IOException {
        try {
            SocketDiag kernel = new SocketDiag();
            if (!knowsTcp(kernel)) {
                kernel.close();
                throw new ListenException(
                        "--idle-timeout cannot be applied: this kernel has no tcp_diag; leave it out");
            }
            return new IdleLimit(limit, kernel);
        } catch (ErrnoException e) {
            throw new ListenException("--idle-timeout cannot be applied: " + e.getMessage());
        }
    }

    /** A kernel without tcp_diag answers as for a connection that it does not know. */
    private static boolean knowsTcp(SocketDiag kernel) throws ErrnoException {
        try (Fd listener = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
                Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(listener, InetAddr.of(new byte[] {127, 0, 0, 1}, 0));
            Sockets.listen(listener, 1);
            Sockets.connect(client, Sockets.getsockname(listener));
            return kernel.traffic(SocketDiag.keyOf(client)).isPresent();
        }
    }

    /** @throws ListenException with one line for the user, where it cannot be applied to one of them */
    static void checkListeners(List<Listener> listeners) throws ListenException {
        for (Listener listener : listeners) {
            if (!listener.isTcp()) {
                throw new ListenException("--idle-timeout cannot be applied to " + listener.address()
                        + ": the kernel does not count the bytes of a Unix socket; leave it out, or listen on TCP");
            }
        }
    }

    long nanos() {
        return limit;
    }

    /**
     * Begins to watch a connection that this process still has open.
     *
     * @throws ErrnoException where the kernel does not tell which one it is
     */
    Quiet watch(Fd socket, long now) throws ErrnoException {
        return new Quiet(key(socket), now);
    }

    private static Optional<TcpKey> key(Fd socket) throws ErrnoException {
        try {
            return Optional.of(SocketDiag.keyOf(socket));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOTCONN) {
                return Optional.empty(); // the client has reset it already: no byte will come or go
            }
            throw e;
        }
    }

    /** For how many nanoseconds a connection has been quiet. */
    long look(Quiet quiet, long now) throws ErrnoException {
        Optional<TcpTraffic> traffic =
                quiet.key().isPresent() ? kernel.traffic(quiet.key().get()) : Optional.empty();
        return quiet.look(traffic, now);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
