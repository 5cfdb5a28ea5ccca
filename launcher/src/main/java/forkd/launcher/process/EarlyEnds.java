package forkd.launcher.process;

import forkd.posix.WaitStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The ends of children whose pids nobody knew when they ended. Somebody asks for a worker's within milliseconds: its report was
 * sent before it ended. For a stranger's nobody ever asks, and the first process of a container takes strangers away for as long
 * as it runs; so each is kept for a minute, and not for many. The owner locks.
 */
final class EarlyEnds {
    /** How long an end is kept at the least. */
    static final Duration KEPT = Duration.ofMinutes(1);

    private Map<Integer, WaitStatus> recent = new HashMap<>();
    private Map<Integer, WaitStatus> older = new HashMap<>();
    /** When the recent ones began; {@link System#nanoTime}. */
    private long since;

    EarlyEnds(long now) {
        since = now;
    }

    /** A child has been taken away; of two with one pid the later counts. */
    void add(int pid, WaitStatus status, long now) {
        if (now - since >= KEPT.toNanos()) {
            older = recent;
            recent = new HashMap<>();
            since = now;
        }
        older.remove(pid);
        recent.put(pid, status);
    }

    /** Null where there is none. */
    WaitStatus get(int pid) {
        WaitStatus status = recent.get(pid);
        return status == null ? older.get(pid) : status;
    }

    void remove(int pid) {
        recent.remove(pid);
        older.remove(pid);
    }

    void clear() {
        recent.clear();
        older.clear();
    }
}
