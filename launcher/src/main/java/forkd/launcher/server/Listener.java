package forkd.launcher.server;

import forkd.posix.AcceptedConnection;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.util.Optional;

/**
 * A listening socket: it owns the descriptor and, for a Unix socket that it has bound, the file, and closing it gives back
 * both. Its accept never blocks.
 */
public final class Listener implements AutoCloseable {
    private final Fd socket;
    private final SocketAddr bound;
    private final boolean dualStack;
    private final Optional<String> givenName;
    private final Optional<UnixSocketFile> file;
    private final boolean proxied;
    private final String name;

    private Listener(
            Fd socket,
            SocketAddr bound,
            boolean dualStack,
            Optional<String> givenName,
            Optional<UnixSocketFile> file,
            boolean proxied) {
        this.socket = socket;
        this.bound = bound;
        this.dualStack = dualStack;
        this.givenName = givenName;
        this.file = file;
        this.proxied = proxied;
        this.name = givenName.orElse(address());
    }

    /** The same without options. */
    static Listener open(ListenAddress address, int backlog) throws IOException {
        return open(address, ListenOptions.NONE, backlog);
    }

    /**
     * socket(2), bind(2), listen(2): from here on clients can connect, and wait in the backlog. A Unix socket's file that nobody listens on any more is replaced; one that somebody
     * does, or that is no socket, is left alone.
     *
     * @param backlog how many connections may wait for accept, where the options have no number of their own
     * @throws ErrnoException EADDRINUSE, EACCES, EADDRNOTAVAIL and others of bind(2); nothing stays open
     */
    static Listener open(ListenAddress address, ListenOptions options, int backlog) throws IOException {
        SocketAddr asked = address.address();
        Fd socket = Sockets.nonBlockingSocket(asked.family(), SocketType.SOCK_STREAM);
        Optional<UnixSocketFile> file = Optional.empty();
        try {
            if (asked instanceof InetAddr) {
                // A restarted server may bind while connections of the last one are in TIME_WAIT: tcp(7).
                Sockets.setsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
                TcpOptions.apply(socket, options);
            }
            if (asked.family() == Sockets.AF_INET6) {
                int only = address.dualStack() ? 0 : 1;
                Sockets.setsockopt(socket, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, only);
            }
            int waiting = options.backlog().orElse(backlog);
            if (asked instanceof UnixAddr unix && unix.isPath()) {
                try (FolderLock ignored = UnixSocketFile.lock(unix)) {
                    file = Optional.of(UnixSocketFile.bind(socket, unix, FileIds.of(address, options.file())));
                    Sockets.listen(socket, waiting);
                }
            } else {
                Sockets.bind(socket, asked);
                Sockets.listen(socket, waiting);
            }
            return new Listener(
                    socket,
                    Sockets.getsockname(socket),
                    address.dualStack(),
                    options.name(),
                    file,
                    options.isProxied());
        } catch (IOException | RuntimeException e) {
            file.ifPresent(UnixSocketFile::remove);
            socket.close();
            throw e;
        }
    }

    /** A socket that listens already. A Unix socket's file stays that of whoever has bound it. */
    static Listener inherited(ListenSpec spec, InheritedSockets.Found found) throws IOException {
        ListenOptions options = spec.options();
        boolean inet = found.listener().family() != Sockets.AF_UNIX;
        if (!inet && (options.noDelay() || options.keepAlive().isPresent())) {
            throw new ListenException(spec.source(), "nodelay and keepalive are for TCP, and this is a Unix socket");
        }
        Fd socket = found.listener().take();
        try {
            if (inet) {
                TcpOptions.apply(socket, options);
            }
            if (options.backlog().isPresent()) {
                Sockets.listen(socket, options.backlog().getAsInt()); // a second listen only sets the number
            }
            boolean dualStack = found.listener().family() == Sockets.AF_INET6
                    && Sockets.getsockopt(socket, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY) == 0;
            Optional<String> name = options.name().or(found::name);
            return new Listener(
                    socket, Sockets.getsockname(socket), dualStack, name, Optional.empty(), options.isProxied());
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The listening descriptor, to be polled; it stays this listener's. */
    Fd socket() {
        return socket;
    }

    /** What the user, or a service manager, calls it; else the address: for workers and their log lines. */
    public String name() {
        return name;
    }

    /** What the user, or a service manager, calls it. */
    public Optional<String> givenName() {
        return givenName;
    }

    /** The address with the real port, as all events print it. */
    public String address() {
        return isWildcard() && dualStack ? "*:" + ((InetAddr) bound).port() : bound.toString();
    }

    /** The address that clients connect to; empty where it differs from one to the next. */
    public Optional<SocketAddr> local() {
        return isWildcard() ? Optional.empty() : Optional.of(bound);
    }

    /** Whether its connections begin with a PROXY header. */
    boolean isProxied() {
        return proxied;
    }

    /** Whether its connections are TCP's. */
    boolean isTcp() {
        return bound instanceof InetAddr;
    }

    private boolean isWildcard() {
        return bound instanceof InetAddr inet && inet.address().isAnyLocalAddress();
    }

    /** The next waiting connection, which the caller owns; empty where none waits. Does not block. */
    Optional<AcceptedConnection> accept() throws ErrnoException {
        return Sockets.accept(socket);
    }

    @Override
    public void close() {
        // The file goes first: a client that finds it finds somebody listening.
        if (socket.isOpen()) {
            file.ifPresent(UnixSocketFile::remove);
        }
        socket.close();
    }
}
