package forkd.launcher.server;

import forkd.launcher.admission.Deadlines;
import forkd.launcher.process.Worker;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Ends workers whose time is over, because they live too long or because their connection is quiet for too long: asks first
 * (SIGTERM), and makes them after a while (SIGKILL). The accept loop tells of each worker before it is published, and asks to
 * enforce; the reaper tells of each end.
 *
 * <p>The lock is never held while a signal is sent, which takes the lock of the worker table: nobody holds both.
 */
final class TimeLimits implements AutoCloseable {
    private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long NANOS_PER_MILLI = 1_000_000;

    private record Due(Worker worker, Signal signal) {}

    private final Optional<Duration> lifetime;
    private final Optional<IdleLimit> idle;
    private final EventLog log;
    private final Deadlines<Worker> lives = new Deadlines<>();
    private final Deadlines<Worker> looks = new Deadlines<>();
    private final Deadlines<Worker> kills = new Deadlines<>();
    private final Map<Worker, Quiet> quiets = new HashMap<>();
    private final Map<Worker, String> reasons = new HashMap<>();

    /** @param idle empty for no such limit; closed with this object */
    TimeLimits(Optional<Duration> lifetime, Optional<IdleLimit> idle, EventLog log) {
        this.lifetime = lifetime;
        this.idle = idle;
        this.log = log;
    }

    /**
     * Opens what the limits need.
     *
     * @throws ListenException with one line for the user, where one of them cannot be applied here
     */
    static TimeLimits open(WorkerTimes times, EventLog log) throws IOException {
        Optional<IdleLimit> idle = times.idle().isPresent()
                ? Optional.of(IdleLimit.open(times.idle().get()))
                : Optional.empty();
        return new TimeLimits(times.lifetime(), idle, log);
    }

    /** The same for what is listened on. */
    void checkListeners(List<Listener> listeners) throws IOException {
        if (idle.isPresent()) {
            IdleLimit.checkListeners(listeners);
        }
    }

    /**
     * A worker has its connection; before {@link #ended} can tell of its end. Its times count from now: its client may have
     * waited for long since the accept, and that is not the worker's time.
     *
     * @param socket this process's copy of the connection
     */
    void started(Worker worker, Fd socket, long now) {
        if (isLimiting()) {
            watch(worker, socket, now);
        }
    }

    private synchronized void watch(Worker worker, Fd socket, long now) {
        lifetime.ifPresent(limit -> lives.set(worker, now + limit.toNanos()));
        idle.ifPresent(limit -> {
            try {
                quiets.put(worker, limit.watch(socket, now));
                looks.set(worker, now + limit.nanos());
            } catch (ErrnoException e) {
                // It cannot be asked again: the socket is closed by then. A connection too long is better than one cut
                // off.
                log.warn("connection " + worker.connection() + " has no idle-timeout: " + e.getMessage());
            }
        });
    }

    /** A worker has ended. Tells why, if it was for a limit. */
    Optional<String> ended(Worker worker) {
        return isLimiting() ? forgetEnded(worker) : Optional.empty();
    }

    private boolean isLimiting() {
        return lifetime.isPresent() || idle.isPresent();
    }

    private synchronized Optional<String> forgetEnded(Worker worker) {
        forget(worker);
        kills.remove(worker);
        return Optional.ofNullable(reasons.remove(worker));
    }

    private void forget(Worker worker) {
        lives.remove(worker);
        looks.remove(worker);
        quiets.remove(worker);
    }

    /**
     * Ends the workers whose time is over.
     *
     * @param kill sends a signal to a worker and all that it has started, if it still lives; tells why it could not
     */
    void enforce(BiFunction<Worker, Signal, Optional<ErrnoException>> kill, long now) {
        if (!isLimiting()) {
            return;
        }
        for (Due due : due(now)) {
            kill.apply(due.worker(), due.signal()).ifPresent(failure -> log.warn(failure.getMessage()));
        }
    }

    private synchronized List<Due> due(long now) {
        List<Due> due = new ArrayList<>();
        for (Optional<Worker> next = lives.take(now); next.isPresent(); next = lives.take(now)) {
            due.add(end(next.get(), "max-lifetime", now));
        }
        for (Optional<Worker> next = looks.take(now); next.isPresent(); next = looks.take(now)) {
            long left = idle.get().nanos() - quietNanos(next.get(), now);
            if (left <= 0) {
                due.add(end(next.get(), "idle-timeout", now));
            } else {
                looks.set(next.get(), now + left);
            }
        }
        for (Optional<Worker> next = kills.take(now); next.isPresent(); next = kills.take(now)) {
            due.add(new Due(next.get(), Signal.SIGKILL));
        }
        return due;
    }

    private Due end(Worker worker, String reason, long now) {
        forget(worker);
        reasons.put(worker, reason);
        kills.set(worker, now + GRACE_NANOS);
        return new Due(worker, Signal.SIGTERM);
    }

    private long quietNanos(Worker worker, long now) {
        try {
            return idle.get().look(quiets.get(worker), now);
        } catch (ErrnoException e) {
            log.warn("cannot tell whether connection " + worker.connection() + " is idle: " + e.getMessage());
            return 0;
        }
    }

    /** When {@link #enforce} has something to do; empty for never. */
    Optional<Duration> nextLook(long now) {
        return isLimiting() ? nextOf(now) : Optional.empty();
    }

    private synchronized Optional<Duration> nextOf(long now) {
        // Rounded up: poll knows only milliseconds, and less than one of them would be a busy wait.
        return Stream.of(lives.nanosToNext(now), looks.nanosToNext(now), kills.nanosToNext(now))
                .filter(OptionalLong::isPresent)
                .map(nanos -> Duration.ofMillis((nanos.getAsLong() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI))
                .min(Duration::compareTo);
    }

    @Override
    public void close() {
        idle.ifPresent(IdleLimit::close);
    }
}
