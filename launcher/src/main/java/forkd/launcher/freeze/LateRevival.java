package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The thread that looks after live workers and gives those that need them all threads of the VM: {@link RevivalPolicy} says
 * which, {@link Revival} does it. A short connection has ended before the first look and never pays for it.
 *
 * <p>A worker is named by its pid and its connection. The pid of a worker that has ended may be another worker's by the next
 * look; the connection tells them apart. Nothing is done to a worker but with its reaping suspended and after it was asked whether
 * this very worker has not been reaped, so its pid is its own until that is over.
 */
public final class LateRevival {
    /** Looks are rounded to this, so that many workers are looked at in one go. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ChildWatch children;
    private final Consumer<String> warn;
    private final DelayQueue<WatchedWorker> queue = new DelayQueue<>();
    private final Set<Errno> told = EnumSet.noneOf(Errno.class);
    private Revival revival;

    /** @param warn gets a line for the user; any thread */
    public LateRevival(ChildWatch children, Consumer<String> warn) {
        this.children = children;
        this.warn = warn;
    }

    /** Starts the thread; it is a daemon and ends with the process: workers may need it as long as there are any. */
    public void start() {
        Thread thread = new Thread(this::run, "reviver");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on looks after a worker, which has been published as live. Any thread; does not block. */
    public void watch(int pid, long connection, FrozenStem stem) {
        WatchedWorker worker = new WatchedWorker(pid, connection, stem.threads(), stem.tidOffset(), stem.early());
        stem.early().started();
        worker.next(TICK_NANOS);
        queue.add(worker);
    }

    private void run() {
        // ptrace(2) knows its tracer by the thread: everything of it belongs to this one.
        revival = new Revival();
        try {
            while (true) {
                // A thread that could not be let go is tried again soon.
                WatchedWorker worker = revival.isLate() ? queue.poll(TICK_NANOS, TimeUnit.NANOSECONDS) : queue.take();
                if (worker != null) {
                    look(worker);
                }
                if (revival.isLate()) {
                    children.withoutReaping(revival::releaseLate);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the reviver", e);
        } catch (IOException e) {
            throw new IllegalStateException("a worker cannot be let go", e);
        }
    }

    private void look(WatchedWorker worker) {
        try {
            if (!children.isLive(worker.pid(), worker.connection())) {
                return;
            }
            List<CapturedThread> due = needsThreads(worker) ? worker.missing() : worker.urgent();
            if (!due.isEmpty()) {
                revive(worker, due);
            }
            again(worker);
        } catch (ErrnoException e) {
            failed(worker, e.errno(), e);
        } catch (IOException e) {
            failed(worker, Errno.UNKNOWN, e);
        }
    }

    /** Tries again later, but where it stays forbidden: the worker has another tracer, or may not be traced by us. */
    private void failed(WatchedWorker worker, Errno errno, IOException why) {
        tell(worker, errno, why);
        if (errno != Errno.EPERM) {
            worker.forgetRun();
            again(worker);
        }
    }

    private void again(WatchedWorker worker) {
        if (!worker.missing().isEmpty()) {
            worker.next(TICK_NANOS);
            queue.add(worker);
        }
    }

    private static boolean needsThreads(WatchedWorker worker) throws ErrnoException {
        OptionalLong cpu = Posix.cpuTime(worker.pid());
        // Whoever has not run since the last look does what it did then.
        return cpu.isPresent() && worker.hasRun(cpu.getAsLong()) && isNeeded(worker, cpu.getAsLong());
    }

    private static boolean isNeeded(WatchedWorker worker, long cpu) {
        try {
            MainThread main = MainThread.of(worker.pid());
            if (main == MainThread.WAITS_FOR_THREAD) {
                worker.waits();
            }
            boolean needed = RevivalPolicy.isNeeded(main, worker.looks(), cpu);
            if (!needed && main == MainThread.WAITS_FOR_A_WHILE) {
                worker.forgetRun(); // it may wait still at the next look, and then that counts
            }
            return needed;
        } catch (IOException e) {
            worker.forgetRun();
            return false; // it has just ended, or there is no free descriptor to read it with
        }
    }

    private void revive(WatchedWorker worker, List<CapturedThread> due) throws IOException {
        boolean[] done = {true};
        children.withoutReaping(worker.pid(), () -> {
            if (children.isLive(worker.pid(), worker.connection())) {
                done[0] = revival.revive(worker, due) != Revival.Outcome.LATER;
            }
        });
        if (!done[0]) {
            worker.forgetRun();
        }
    }

    /** Says once for each reason that there are workers which are without their threads. */
    private void tell(WatchedWorker worker, Errno errno, IOException why) {
        if (told.add(errno)) {
            warn.accept("worker " + worker.pid() + " is without threads of the VM (garbage collection, compilers): "
                    + why.getMessage());
        }
    }
}
