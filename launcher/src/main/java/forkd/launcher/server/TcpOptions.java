package forkd.launcher.server;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Sockets;
import java.util.OptionalInt;

/**
 * Options of a listening TCP socket. Linux gives those of its connections to each of them at the accept, so that they cost
 * nothing per connection: tcp(7), socket(7).
 */
final class TcpOptions {
    private TcpOptions() {}

    static void apply(Fd listener, ListenOptions options) throws ErrnoException {
        if (options.reusePort()) {
            Sockets.setsockopt(listener, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
        }
        if (options.noDelay()) {
            Sockets.setsockopt(listener, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        }
        if (options.keepAlive().isPresent()) {
            KeepAlive times = options.keepAlive().get();
            Sockets.setsockopt(listener, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
            set(listener, Sockets.TCP_KEEPIDLE, times.idleSeconds());
            set(listener, Sockets.TCP_KEEPINTVL, times.intervalSeconds());
            set(listener, Sockets.TCP_KEEPCNT, times.count());
        }
    }

    private static void set(Fd listener, int option, OptionalInt value) throws ErrnoException {
        if (value.isPresent()) {
            Sockets.setsockopt(listener, Sockets.IPPROTO_TCP, option, value.getAsInt());
        }
    }
}
