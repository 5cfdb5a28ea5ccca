package forkd.launcher.process;

import forkd.launcher.freeze.ChildWatch;
import forkd.posix.EndedProcess;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.WaitStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The launcher's children: the live workers, the slots that bound their number, and the helpers (zygotes, stems, spares),
 * which take no slot. A slot is taken first, then the process is started, then its pid is published; the slot is free again
 * when the process has been reaped, or when it could not be started.
 *
 * <p>Several threads meet here: the accept loop takes slots and publishes, the reaper reaps, and stems are made on a thread
 * of their own. A child may be gone before its pid is known:
 *
 * <pre>
 *   accept loop                 kernel                     reaper
 *   reserve
 *   posix_spawn ──────────────▶ worker 4711
 *                               4711 handles and exits ──▶ waitpid: 4711, unknown
 *                                                          remembered as an early exit
 *   publish(4711) finds it: the worker ended before it was published
 * </pre>
 *
 * so every child is announced before it can exist, and an exit of an unknown pid is kept as long as a child is expected.
 * Otherwise an unknown child is none of ours (a shell that executes forkd may leave it some) and is forgotten.
 *
 * <p>A pid is free for the kernel to give away as soon as waitpid has returned it. Therefore reaping and killing exclude
 * each other: both hold this table's lock, and what is killed has not been reaped.
 */
public final class WorkerTable implements ChildWatch {
    /** Longer than any process lives, and short enough to be added to a time in nanoseconds. */
    private static final Duration FOREVER = Duration.ofDays(10_000);

    /** Whoever waits longest is next: a reviver that is always at work must not keep the reaper out. */
    private static final boolean FAIR = true;

    private final int maximum;
    private final WorkerListener listener;
    private final Map<Integer, Worker> live = new HashMap<>();
    private final Map<Integer, Consumer<WaitStatus>> helpers = new HashMap<>();
    private final Map<Integer, WaitStatus> early = new HashMap<>();
    private final ReentrantLock reaping = new ReentrantLock(FAIR);
    private int reserved;
    private int expected;

    /**
     * An empty table.
     *
     * @param maximum how many slots there are
     * @param listener is told of each end, on the reaper's or the accept loop's thread, with the table locked and the slot
     *     free again
     */
    public WorkerTable(int maximum, WorkerListener listener) {
        this.maximum = maximum;
        this.listener = listener;
    }

    public int maximum() {
        return maximum;
    }

    /** The taken slots: live workers and those that are being started. */
    public synchronized int taken() {
        return live.size() + reserved;
    }

    /** The slots whose workers have not been published. */
    public synchronized int starting() {
        return reserved;
    }

    public synchronized boolean hasRoom() {
        return taken() < maximum;
    }

    /** Takes a slot. Followed by {@link #publish} or {@link #cancel}. */
    public synchronized void reserve() {
        if (!hasRoom()) {
            throw new IllegalStateException("all " + maximum + " slots are taken");
        }
        reserved++;
        expected++;
    }

    /** Gives a slot back whose worker could not be started. */
    public synchronized void cancel() {
        reserved--;
        unexpect();
        notifyAll();
    }

    /**
     * Puts the worker of a reserved slot into the table, or tells the listener at once of one that has already ended. A helper
     * of that pid, a spare, is a worker from here on.
     */
    public synchronized void publish(Worker worker) {
        WaitStatus ended = early.remove(worker.pid());
        helpers.remove(worker.pid());
        reserved--;
        unexpect();
        if (ended == null) {
            live.put(worker.pid(), worker);
        } else {
            listener.ended(worker, ended);
        }
        notifyAll();
    }

    @Override
    public synchronized void expect() {
        expected++;
    }

    @Override
    public synchronized void adopt(int pid, Consumer<WaitStatus> onEnd) {
        WaitStatus ended = early.remove(pid);
        unexpect();
        if (ended == null) {
            helpers.put(pid, onEnd);
        } else {
            onEnd.accept(ended);
        }
        notifyAll();
    }

    @Override
    public synchronized void forget() {
        unexpect();
    }

    @Override
    public synchronized void forgetEnd(int pid) {
        early.remove(pid);
    }

    private void unexpect() {
        expected--;
        if (expected == 0) {
            early.clear();
        }
    }

    @Override
    public synchronized boolean isLive(int pid, long connection) {
        Worker worker = live.get(pid);
        return worker != null && worker.connection() == connection;
    }

    @Override
    public void withoutReaping(Tracing tracing) throws IOException {
        reaping.lock();
        try {
            tracing.run();
        } finally {
            reaping.unlock();
        }
    }

    /** Takes away every child that has ended. Blocks while {@link #withoutReaping} runs. Called by the reaper. */
    void reap() throws ErrnoException {
        reaping.lock();
        try {
            reapAll();
        } finally {
            reaping.unlock();
        }
    }

    private synchronized void reapAll() throws ErrnoException {
        for (Optional<EndedProcess> next = Posix.waitpid(-1); next.isPresent(); next = Posix.waitpid(-1)) {
            EndedProcess ended = next.get();
            if (ended.status().stopped()) {
                continue; // a thread that its tracer will let go as soon as it can
            }
            Worker worker = live.remove(ended.pid());
            if (worker != null) {
                listener.ended(worker, ended.status());
                continue;
            }
            if (expected > 0) {
                early.put(ended.pid(), ended.status());
            }
            Consumer<WaitStatus> onEnd = helpers.remove(ended.pid());
            if (onEnd != null) {
                onEnd.accept(ended.status());
            }
        }
        notifyAll();
    }

    /** Blocks until there is a child to wait for. */
    synchronized void awaitChild() throws InterruptedException {
        while (live.isEmpty() && helpers.isEmpty()) {
            wait();
        }
    }

    /** The live workers. */
    public synchronized List<Worker> live() {
        return List.copyOf(live.values());
    }

    /**
     * Sends the signal to the process group of a worker, if it has not been reaped.
     *
     * @return why it could not be sent
     */
    public synchronized Optional<ErrnoException> signalGroup(Worker worker, Signal signal) {
        if (worker.equals(live.get(worker.pid()))) {
            try {
                Posix.kill(-worker.pid(), signal);
                // A stopped process gets its SIGTERM only when it goes on.
                Posix.kill(-worker.pid(), Signal.SIGCONT);
            } catch (ErrnoException e) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    /**
     * Sends the signal to the process group of every live worker.
     *
     * @return the failures: EPERM where a worker has become another user
     */
    public synchronized List<ErrnoException> signalAll(Signal signal) {
        List<ErrnoException> failures = new ArrayList<>();
        for (int pid : live.keySet()) {
            try {
                Posix.kill(-pid, signal);
            } catch (ErrnoException e) {
                failures.add(e);
            }
        }
        return failures;
    }

    /** Sends the signal to one child, if it has not been reaped. */
    public synchronized void signal(int pid, Signal signal) throws ErrnoException {
        if (live.containsKey(pid) || helpers.containsKey(pid)) {
            Posix.kill(pid, signal);
        }
    }

    /**
     * Blocks until no slot is taken, the time is over, or there is a reason to give up; {@link #recheck} makes it ask.
     *
     * @return whether no slot is taken
     */
    public synchronized boolean awaitEmpty(Duration limit, BooleanSupplier giveUp) throws InterruptedException {
        long deadline = System.nanoTime() + (limit.compareTo(FOREVER) < 0 ? limit : FOREVER).toNanos();
        while (taken() > 0 && !giveUp.getAsBoolean()) {
            long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return taken() == 0;
    }

    /** Blocks until no zygote, stem or spare is left, or the time is over. */
    public synchronized void awaitHelpers(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!helpers.isEmpty()) {
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (millis <= 0) {
                    return;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        }
    }

    /** Makes a running {@link #awaitEmpty} ask again whether to give up. */
    public synchronized void recheck() {
        notifyAll();
    }
}
