package forkd.launcher.server;

import forkd.launcher.admission.Refusal;
import forkd.launcher.process.Incoming;
import forkd.posix.ErrnoException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Logs connections that got no worker. A flood of them must not become a flood of lines: after the first ones of a second the
 * others are counted, and the counts are logged when the second is over. The accept loop's thread only.
 */
final class Refusals {
    private static final int LINES = 10;
    private static final Duration WINDOW = Duration.ofSeconds(1);

    private final EventLog log;
    private final Map<String, Long> counted = new TreeMap<>();
    private long windowStart;
    private int lines;

    Refusals(EventLog log) {
        this.log = log;
    }

    /** A limit has refused a connection. */
    void refused(Incoming connection, Refusal why, long now) {
        if (hasLine(why.reason(), now)) {
            log.reject(connection, why);
        }
    }

    /** A rule has denied a connection. */
    void denied(Incoming connection, String rule, long now) {
        if (hasLine("denied", now)) {
            log.denied(connection, rule);
        }
    }

    /** What stands before a connection, a proxy's header, was wrong. */
    void unproven(Incoming connection, String reason, String why, long now) {
        if (hasLine(reason, now)) {
            log.reject(connection, reason, why);
        }
    }

    /** No worker could be started for a connection. */
    void failed(Incoming connection, ErrnoException why, long now) {
        if (hasLine("start", now)) {
            log.reject(connection, "start", why.getMessage());
        }
    }

    private boolean hasLine(String reason, long now) {
        if (now - windowStart >= WINDOW.toNanos()) {
            flush();
            windowStart = now;
            lines = 0;
        }
        if (lines < LINES) {
            lines++;
            return true;
        }
        counted.merge(reason, 1L, Long::sum);
        return false;
    }

    /** Logs the counts, if their second is over. */
    void progress(long now) {
        if (!counted.isEmpty() && now - windowStart >= WINDOW.toNanos()) {
            flush();
        }
    }

    /** Logs the counts. */
    void flush() {
        counted.forEach(log::rejects);
        counted.clear();
    }

    /** When to look again; empty where nothing is counted. */
    Optional<Duration> nextLook() {
        return counted.isEmpty() ? Optional.empty() : Optional.of(WINDOW.dividedBy(10));
    }
}
