package forkd.launcher.server;

import forkd.posix.TcpKey;
import forkd.posix.TcpTraffic;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * For how long a connection has been quiet. It is looked at now and then, and tells when to look again: a busy connection is
 * looked at about once in the time that it may be quiet.
 *
 * <p>Two signs together: how many bytes have gone, which only says "none since the last look", and the kernel's time of the
 * last data, which is exact, but is that of data sent again, too. A client that takes nothing any more must not count as busy
 * because its bytes are sent again and again.
 */
final class Quiet {
    private final Optional<TcpKey> key;
    private long bytes = -1;
    private long since;

    /** @param key empty where the client had gone before it could be asked for */
    Quiet(Optional<TcpKey> key, long now) {
        this.key = key;
        this.since = now;
    }

    Optional<TcpKey> key() {
        return key;
    }

    /**
     * Takes a look.
     *
     * @param traffic empty where the connection is over
     * @return for how many nanoseconds it has been quiet, at least
     */
    long look(Optional<TcpTraffic> traffic, long now) {
        if (traffic.isPresent()) {
            long counted = traffic.get().received() + traffic.get().acknowledged();
            long last = now - TimeUnit.MILLISECONDS.toNanos(traffic.get().quietMillis());
            if (counted != bytes && last - since > 0) {
                since = last;
            }
            bytes = counted;
        }
        return now - since;
    }
}
