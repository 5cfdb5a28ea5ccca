package forkd.launcher.process;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Connections that were sent to a process and that no worker has reported yet, oldest first. */
final class Handovers {
    /** A worker reports within microseconds; what takes so long has been stopped or killed by somebody. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private record Sent(Incoming connection, long nanos) {}

    private final Map<Long, Sent> sent = new LinkedHashMap<>();
    private final long limitNanos;

    /** @param limit how long they may be so */
    Handovers(Duration limit) {
        limitNanos = limit.toNanos();
    }

    void add(Incoming connection) {
        sent.put(connection.id(), new Sent(connection, System.nanoTime()));
    }

    /** Takes the connection out; null where it is not, or no more, among these. */
    Incoming remove(long id) {
        Sent found = sent.remove(id);
        return found == null ? null : found.connection();
    }

    int size() {
        return sent.size();
    }

    boolean isEmpty() {
        return sent.isEmpty();
    }

    /** Takes all out. */
    List<Incoming> takeAll() {
        List<Incoming> all = sent.values().stream().map(Sent::connection).toList();
        sent.clear();
        return all;
    }

    /**
     * Takes out what was sent too long ago, and ends these connections. Their descriptors are still on the way, and whoever takes
     * one later has a connection that has ended: its client is not kept waiting, nor served by a worker that nobody counts.
     */
    List<Incoming> takeExpired() {
        long now = System.nanoTime();
        List<Incoming> expired = new ArrayList<>();
        for (Iterator<Sent> all = sent.values().iterator(); all.hasNext(); ) {
            Sent one = all.next();
            if (now - one.nanos() < limitNanos) {
                break;
            }
            all.remove();
            end(one.connection());
            expired.add(one.connection());
        }
        return expired;
    }

    private static void end(Incoming connection) {
        try {
            Sockets.shutdown(connection.socket(), Sockets.SHUT_RDWR);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOTCONN) { // else the client has gone
                throw new IllegalStateException("a connection cannot be ended", e);
            }
        }
    }
}
