package forkd.launcher.server;

import forkd.launcher.process.WorkerTable;
import forkd.posix.Signal;
import java.time.Duration;

/**
 * The end of the workers after the last accept: they may finish, then they are asked to end, then they are killed. A second
 * stop signal goes to the last step at once. The limits of time hold on meanwhile.
 */
final class Drain {
    /** How long a worker may take to end after SIGTERM. */
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** SIGKILL cannot be refused; only the kernel's own work remains. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    /** Longer than any process lives, and short enough to be added to a time in nanoseconds. */
    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final WorkerTable workers;
    private final TimeLimits times;
    private final StopRequest stop;
    private final Duration timeout;
    private final EventLog log;

    Drain(WorkerTable workers, TimeLimits times, StopRequest stop, Duration timeout, EventLog log) {
        this.workers = workers;
        this.times = times;
        this.stop = stop;
        this.timeout = timeout;
        this.log = log;
    }

    /** Blocks until no worker is left. */
    void run() {
        try {
            log.stopping(ShutdownMode.SMART, workers.taken());
            if (await(timeout)) {
                return;
            }
            if (!stop.isImmediate()) {
                log.stopping(ShutdownMode.FAST, workers.taken());
                signal(Signal.SIGTERM);
                // A stopped process gets its SIGTERM only when it goes on.
                signal(Signal.SIGCONT);
                if (await(GRACE)) {
                    return;
                }
            }
            log.stopping(ShutdownMode.IMMEDIATE, workers.taken());
            signal(Signal.SIGKILL);
            if (!workers.awaitEmpty(AFTER_KILL, () -> false)) {
                log.warn(workers.taken() + " workers do not end after SIGKILL");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        }
    }

    private void signal(Signal signal) {
        workers.signalAll(signal).forEach(failure -> log.warn(failure.getMessage()));
    }

    private boolean await(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + (limit.compareTo(FOREVER) < 0 ? limit : FOREVER).toNanos();
        while (true) {
            long now = System.nanoTime();
            times.enforce(workers::signalGroup, now);
            Duration left = Duration.ofNanos(Math.max(0, deadline - now));
            Duration step =
                    times.nextLook(now).filter(next -> next.compareTo(left) < 0).orElse(left);
            if (workers.awaitEmpty(step, stop::isImmediate)) {
                return true;
            }
            if (stop.isImmediate() || System.nanoTime() >= deadline) {
                return false;
            }
        }
    }
}
