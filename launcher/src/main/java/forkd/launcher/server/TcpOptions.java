package forkd.launcher.server;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import java.util.OptionalInt;

/**
 * Options of a listening TCP socket. Linux gives those of its connections to each of them at the accept, so that they cost
 * nothing per connection: tcp(7), socket(7).
 */
final class TcpOptions {
    private TcpOptions() {}

    static void apply(Fd listener, ListenOptions options) throws ErrnoException {
        if (options.reusePort()) {
            Posix.setsockopt(listener, Posix.SOL_SOCKET, Posix.SO_REUSEPORT, 1);
        }
        if (options.noDelay()) {
            Posix.setsockopt(listener, Posix.IPPROTO_TCP, Posix.TCP_NODELAY, 1);
        }
        if (options.keepAlive().isPresent()) {
            KeepAlive times = options.keepAlive().get();
            Posix.setsockopt(listener, Posix.SOL_SOCKET, Posix.SO_KEEPALIVE, 1);
            set(listener, Posix.TCP_KEEPIDLE, times.idleSeconds());
            set(listener, Posix.TCP_KEEPINTVL, times.intervalSeconds());
            set(listener, Posix.TCP_KEEPCNT, times.count());
        }
    }

    private static void set(Fd listener, int option, OptionalInt value) throws ErrnoException {
        if (value.isPresent()) {
            Posix.setsockopt(listener, Posix.IPPROTO_TCP, option, value.getAsInt());
        }
    }
}
