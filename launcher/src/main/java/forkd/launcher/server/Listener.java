package forkd.launcher.server;

import forkd.posix.AcceptedConnection;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.SocketAddr;
import forkd.posix.SocketType;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.util.Optional;

/**
 * A listening socket: it owns the descriptor and, for a Unix socket, the file, and closing it gives back both. Its accept
 * never blocks.
 */
public final class Listener implements AutoCloseable {
    private final Fd socket;
    private final String name;
    private final UnixSocketFile file;

    private Listener(Fd socket, String name, UnixSocketFile file) {
        this.socket = socket;
        this.name = name;
        this.file = file;
    }

    /**
     * socket(2), bind(2), listen(2): from here on clients can connect, and wait in the backlog. A Unix socket's file that nobody listens on any more is replaced; one that somebody
     * does, or that is no socket, is left alone.
     *
     * @param backlog how many connections may wait for accept
     * @throws ErrnoException EADDRINUSE, EACCES, EADDRNOTAVAIL and others of bind(2); nothing stays open
     */
    public static Listener open(ListenAddress address, int backlog) throws IOException {
        SocketAddr asked = address.address();
        Fd socket = Posix.nonBlockingSocket(asked.family(), SocketType.SOCK_STREAM);
        UnixSocketFile file = null;
        try {
            if (asked instanceof InetAddr) {
                // A restarted server may bind while connections of the last one are in TIME_WAIT: tcp(7).
                Posix.setsockopt(socket, Posix.SOL_SOCKET, Posix.SO_REUSEADDR, 1);
            }
            if (asked.family() == Posix.AF_INET6) {
                int only = address.dualStack() ? 0 : 1;
                Posix.setsockopt(socket, Posix.IPPROTO_IPV6, Posix.IPV6_V6ONLY, only);
            }
            if (asked instanceof UnixAddr unix && unix.isPath()) {
                file = UnixSocketFile.bind(socket, unix);
            } else {
                Posix.bind(socket, asked);
            }
            // At once: a bound socket on which nobody listens looks stale to a second server.
            Posix.listen(socket, backlog);
            return new Listener(socket, nameOf(address, Posix.getsockname(socket)), file);
        } catch (IOException | RuntimeException e) {
            if (file != null) {
                file.remove();
            }
            socket.close();
            throw e;
        }
    }

    private static String nameOf(ListenAddress asked, SocketAddr bound) {
        boolean all = asked.dualStack() && bound instanceof InetAddr;
        return all ? "*:" + ((InetAddr) bound).port() : bound.toString();
    }

    /** The listening descriptor, to be polled; it stays this listener's. */
    Fd socket() {
        return socket;
    }

    /** The address with the real port, as all events print it. */
    public String name() {
        return name;
    }

    /** The next waiting connection, which the caller owns; empty where none waits. Does not block. */
    Optional<AcceptedConnection> accept() throws ErrnoException {
        return Posix.accept(socket);
    }

    @Override
    public void close() {
        // The file goes first: a client that finds it finds somebody listening.
        if (file != null && socket.isOpen()) {
            file.remove();
        }
        socket.close();
    }
}
