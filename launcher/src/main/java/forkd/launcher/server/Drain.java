package forkd.launcher.server;

import forkd.launcher.process.WorkerTable;
import forkd.posix.Signal;
import java.time.Duration;

/**
 * The end of the workers after the last accept: they may finish, then they are asked to end, then they are killed. A second
 * stop signal goes to the last step at once.
 */
final class Drain {
    /** How long a worker may take to end after SIGTERM. */
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** SIGKILL cannot be refused; only the kernel's own work remains. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    private final WorkerTable workers;
    private final StopRequest stop;
    private final Duration timeout;
    private final EventLog log;

    Drain(WorkerTable workers, StopRequest stop, Duration timeout, EventLog log) {
        this.workers = workers;
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
        return workers.awaitEmpty(limit, stop::isImmediate);
    }
}
