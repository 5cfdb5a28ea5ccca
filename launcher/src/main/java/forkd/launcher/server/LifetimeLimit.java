package forkd.launcher.server;

import forkd.launcher.process.Worker;
import forkd.launcher.process.WorkerTable;
import forkd.posix.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends workers that live too long: asks first (SIGTERM), and makes them after a while (SIGKILL). The accept loop asks it to
 * look; the reaper asks why a worker ended.
 */
final class LifetimeLimit {
    private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Duration MIN_LOOK = Duration.ofMillis(50);
    private static final Duration MAX_LOOK = Duration.ofSeconds(1);

    private final Optional<Duration> limit;
    private final WorkerTable workers;
    private final EventLog log;
    /** By connection: when SIGTERM was sent. */
    private final Map<Long, Long> asked = new ConcurrentHashMap<>();

    /** @param limit empty for none */
    LifetimeLimit(Optional<Duration> limit, WorkerTable workers, EventLog log) {
        this.limit = limit;
        this.workers = workers;
        this.log = log;
    }

    /** When to look again; empty where there is no limit. */
    Optional<Duration> nextLook() {
        return limit.map(duration -> {
            Duration tenth = duration.dividedBy(10);
            if (tenth.compareTo(MIN_LOOK) < 0) {
                return MIN_LOOK;
            }
            return tenth.compareTo(MAX_LOOK) > 0 ? MAX_LOOK : tenth;
        });
    }

    /** Ends the workers whose time is over. */
    void enforce() {
        if (limit.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        Map<Worker, Signal> due = new HashMap<>();
        for (Worker worker : workers.live()) {
            if (now - worker.startNanos() >= limit.get().toNanos()) {
                Long since = asked.putIfAbsent(worker.connection(), now);
                if (since == null) {
                    due.put(worker, Signal.SIGTERM);
                } else if (now - since >= GRACE_NANOS) {
                    due.put(worker, Signal.SIGKILL);
                }
            }
        }
        due.forEach((worker, signal) ->
                workers.signalGroup(worker, signal).ifPresent(failure -> log.warn(failure.getMessage())));
    }

    /** Why this worker was ended; empty where it was not by this. Called once for each worker that has ended. */
    Optional<String> reasonOf(Worker worker) {
        return asked.remove(worker.connection()) == null ? Optional.empty() : Optional.of("max-lifetime");
    }
}
