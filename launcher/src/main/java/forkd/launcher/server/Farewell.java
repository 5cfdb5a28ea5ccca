package forkd.launcher.server;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Sockets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * One line for a client that is refused, so that it can be read. A close(2) with unread input resets the connection (RFC 2525,
 * 2.17), and what was sent a moment before may be lost with it:
 *
 * <pre>
 *   client                     launcher
 *   "HELO" ──────────────────▶ (unread)
 *          ◀────────────────── "too many", FIN
 *          ◀────────────────── RST, because of "HELO": some systems throw "too many" away
 * </pre>
 *
 * So after the line only the sending half is closed; what the client sends is thrown away until it closes, or for a second.
 * Nothing here waits for a client, and only so many connections linger at once. The accept loop's thread only.
 */
final class Farewell implements AutoCloseable {
    private static final int MAX_LINGERING = 64;
    private static final long LINGER_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration LOOK = Duration.ofMillis(50);

    private record Leaving(Fd socket, long since) {}

    private final ArrayDeque<Leaving> leaving = new ArrayDeque<>();

    /** Tells the client, as far as that goes without waiting, and closes the connection, soon. */
    void say(Fd socket, String text, long now) {
        try {
            Sockets.sendNow(socket, (text + "\n").getBytes(StandardCharsets.UTF_8));
            Sockets.shutdown(socket, Sockets.SHUT_WR);
        } catch (ErrnoException e) {
            socket.close(); // the client has gone (EPIPE, ECONNRESET, ENOTCONN): nobody is there to be told
            return;
        }
        if (hasEnded(socket)) {
            socket.close();
            return;
        }
        if (leaving.size() >= MAX_LINGERING) {
            leaving.remove().socket().close();
        }
        leaving.add(new Leaving(socket, now));
    }

    /** Closes what has lingered long enough, or whose client has closed. */
    void progress(long now) {
        if (leaving.isEmpty()) {
            return;
        }
        leaving.removeIf(one -> {
            boolean done = hasEnded(one.socket()) || now - one.since() >= LINGER_NANOS;
            if (done) {
                one.socket().close();
            }
            return done;
        });
    }

    private static boolean hasEnded(Fd socket) {
        try {
            return Sockets.discardInput(socket);
        } catch (ErrnoException e) {
            return true; // the client has reset the connection
        }
    }

    /** When to look again; empty where nobody lingers. */
    Optional<Duration> nextLook() {
        return leaving.isEmpty() ? Optional.empty() : Optional.of(LOOK);
    }

    @Override
    public void close() {
        leaving.forEach(one -> one.socket().close());
        leaving.clear();
    }
}
