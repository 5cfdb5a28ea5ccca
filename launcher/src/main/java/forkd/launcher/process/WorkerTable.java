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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * so every child is announced before it can exist, and an exit of an unknown pid is kept as long as a child is expected, but
 * for minutes at the most. Otherwise an unknown child is none of ours (a shell that executes forkd may leave it some) and is
 * forgotten.
 *
 * <p>A pid is free for the kernel to give away as soon as waitpid has returned it. Therefore reaping and killing exclude
 * each other: both hold this table's lock, and what is killed has not been reaped.
 */
public final class WorkerTable implements ChildWatch {
    /** Longer than any process lives, and short enough to be added to a time in nanoseconds. */
    private static final Duration FOREVER = Duration.ofDays(10_000);

    /** Of a connection whose worker lives on: only where all went well does it. */
    private static final WaitStatus DONE = new WaitStatus(0);

    /** Looking at thousands of workers takes a while, and thousands may want a slot. */
    private static final Duration BETWEEN_REAPS = Duration.ofMillis(5);

    private final int maximum;
    private final WorkerListener listener;
    private final Children children;
    private final Leftovers leftovers;
    private final Map<Integer, Worker> live = new HashMap<>();
    private final Map<Integer, Consumer<WaitStatus>> helpers = new HashMap<>();
    private final Set<Integer> waiting = new HashSet<>();
    private int reserved;
    /** Of the accept loop's thread. */
    private long reapedAt = System.nanoTime() - BETWEEN_REAPS.toNanos();

    /** An empty table of a process that has no other. */
    public WorkerTable(int maximum, WorkerListener listener) {
        this(maximum, listener, new Children(), Leftovers.KEEP);
    }

    /**
     * An empty table.
     *
     * @param maximum how many slots there are
     * @param listener is told of each end, on the reaper's or the accept loop's thread, with nothing locked and the slot
     *     free again
     * @param children of all tables of the process
     * @param leftovers what becomes of what its workers leave behind
     */
    public WorkerTable(int maximum, WorkerListener listener, Children children, Leftovers leftovers) {
        this.maximum = maximum;
        this.listener = listener;
        this.children = children;
        this.leftovers = leftovers;
        children.add(this);
    }

    /** All children of the process, with this table's. */
    Children children() {
        return children;
    }

    public int maximum() {
        return maximum;
    }

    /** The taken slots: live workers and those that are being started. */
    public int taken() {
        synchronized (children) {
            return live.size() + reserved;
        }
    }

    /** The slots whose workers have not been published. */
    public int starting() {
        synchronized (children) {
            return reserved;
        }
    }

    public boolean hasRoom() {
        synchronized (children) {
            return taken() < maximum;
        }
    }

    /** Takes a slot. Followed by {@link #publish} or {@link #cancel}. */
    public void reserve() {
        synchronized (children) {
            if (!hasRoom()) {
                throw new IllegalStateException("all " + maximum + " slots are taken");
            }
            reserved++;
            children.expect();
        }
    }

    /** Gives a slot back whose worker could not be started. */
    public void cancel() {
        synchronized (children) {
            reserved--;
            children.unexpect();
            children.notifyAll();
        }
    }

    /** Gives all slots back whose workers have not been published, and never will be. Tells how many it were. */
    public int abandon() {
        synchronized (children) {
            int count = reserved;
            while (reserved > 0) {
                cancel();
            }
            return count;
        }
    }

    /**
     * Puts the worker of a reserved slot into the table, or tells the listener at once of one that has already ended. A helper
     * of that pid, a spare, is a worker from here on.
     */
    public void publish(Worker worker) {
        synchronized (children) {
            WaitStatus ended = children.takeEarlyEnd(worker.pid());
            helpers.remove(worker.pid());
            waiting.remove(worker.pid());
            reserved--;
            children.unexpect();
            if (ended == null) {
                live.put(worker.pid(), worker);
                watch(worker.pid());
            } else {
                children.toTell(() -> listener.ended(worker, ended));
            }
            children.notifyAll();
        }
        children.tell();
    }

    @Override
    public void expect() {
        synchronized (children) {
            children.expect();
        }
    }

    @Override
    public void adopt(int pid, Consumer<WaitStatus> onEnd) {
        synchronized (children) {
            adopt(pid, onEnd, children.takeEarlyEnd(pid));
        }
    }

    @Override
    public void adoptWaiting(int pid, Consumer<WaitStatus> onEnd) {
        synchronized (children) {
            adopt(pid, onEnd, children.earlyEnd(pid));
            if (helpers.containsKey(pid)) {
                waiting.add(pid);
            }
        }
    }

    private void adopt(int pid, Consumer<WaitStatus> onEnd, WaitStatus ended) {
        children.unexpect();
        if (ended == null) {
            helpers.put(pid, onEnd);
            watch(pid);
        } else {
            onEnd.accept(ended);
        }
        children.notifyAll();
    }

    private void watch(int pid) {
        children.watch(pid).ifPresent(listener::notWatched);
    }

    @Override
    public void forget() {
        synchronized (children) {
            children.unexpect();
        }
    }

    @Override
    public void forgetEnd(int pid) {
        synchronized (children) {
            children.takeEarlyEnd(pid);
        }
    }

    @Override
    public boolean isLive(int pid, long connection) {
        synchronized (children) {
            Worker worker = live.get(pid);
            return worker != null && worker.connection() == connection;
        }
    }

    @Override
    public void withoutReaping(Tracing tracing) throws IOException {
        children.withoutReaping(tracing);
    }

    @Override
    public void withoutReaping(int pid, Tracing tracing) throws IOException {
        children.withoutReaping(pid, tracing);
    }

    /** Called by {@link Children}, which is locked, as the next ones are. */
    boolean hasChild() {
        return !live.isEmpty() || !helpers.isEmpty();
    }

    boolean killsLeftovers() {
        return leftovers == Leftovers.KILL;
    }

    /**
     * Kills what a worker of this table, which has ended and has not been reaped, has left behind, if that is wanted. Not what
     * is in the group of a zygote or a stem: a worker that it has just forked may still be in it.
     *
     * @return whether it is a child of this table
     */
    boolean killLeftovers(int pid) {
        if (killsLeftovers() && (live.containsKey(pid) || waiting.contains(pid))) {
            killGroup(pid);
        }
        return live.containsKey(pid) || helpers.containsKey(pid);
    }

    void killGroup(int pid) {
        try {
            WorkerCgroups.killAll(pid); // who has left the group has not left the cgroup
        } catch (ErrnoException e) {
            listener.notKilled(e);
        }
        try {
            Posix.kill(-pid, Signal.SIGKILL);
        } catch (ErrnoException e) {
            listener.notKilled(e);
        }
    }

    /** Whether what has ended was a worker of this table. */
    boolean workerEnded(EndedProcess ended) {
        Worker worker = live.remove(ended.pid());
        if (worker != null) {
            children.toTell(() -> listener.ended(worker, ended.status()));
        }
        return worker != null;
    }

    void helperEnded(EndedProcess ended) {
        Consumer<WaitStatus> onEnd = helpers.remove(ended.pid());
        waiting.remove(ended.pid());
        if (onEnd != null) {
            onEnd.accept(ended.status());
        }
    }

    /**
     * Takes workers away that have ended, without waiting for the reaper to do it. For who lacks a slot; does nothing where it has
     * just been done. The accept loop's thread; does not block.
     */
    public void reapEnded() {
        long now = System.nanoTime();
        if (now - reapedAt < BETWEEN_REAPS.toNanos()) {
            return;
        }
        reapedAt = now;
        try {
            if (!children.reapIfUntraced()) {
                for (Worker worker : live()) {
                    children.reapIfUntraced(worker.pid());
                }
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException("workers cannot be reaped", e);
        }
    }

    /** The live workers. */
    public List<Worker> live() {
        synchronized (children) {
            return List.copyOf(live.values());
        }
    }

    /**
     * Sends the signal to the process group of a worker, if it has not been reaped.
     *
     * @return why it could not be sent
     */
    public Optional<ErrnoException> signalGroup(Worker worker, Signal signal) {
        synchronized (children) {
            if (worker.equals(live.get(worker.pid()))) {
                try {
                    kill(worker.pid(), signal);
                    // A stopped process gets its SIGTERM only when it goes on.
                    kill(worker.pid(), Signal.SIGCONT);
                } catch (ErrnoException e) {
                    return Optional.of(e);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * Sends the signal to the process group of every live worker.
     *
     * @return the failures: EPERM where a worker has become another user
     */
    public List<ErrnoException> signalAll(Signal signal) {
        synchronized (children) {
            List<ErrnoException> failures = new ArrayList<>();
            for (int pid : live.keySet()) {
                try {
                    kill(pid, signal);
                } catch (ErrnoException e) {
                    failures.add(e);
                }
            }
            return failures;
        }
    }

    /**
     * Sends the signal to the process group of a live worker; to the worker where it leads none yet: a fork reports itself first.
     *
     * <pre>
     *   worker 12                     accept loop          another thread
     *   STARTED ────────────────────▶ publishes 12
     *                                                      kill(-12): ESRCH
     *                                                      kill(12): it has run nothing of the user's, and is alone
     *   setpgid(0, 0)
     * </pre>
     */
    private static void kill(int pid, Signal signal) throws ErrnoException {
        if (!Posix.kill(-pid, signal)) {
            Posix.kill(pid, signal); // the table is locked: it has not been reaped
        }
    }

    @Override
    public boolean release(int pid, long connection, Consumer<WaitStatus> onEnd) {
        synchronized (children) {
            Worker worker = live.get(pid);
            if (worker == null || worker.connection() != connection) {
                return helpers.containsKey(pid); // its connection had been given up
            }
            live.remove(pid);
            helpers.put(pid, onEnd);
            listener.ended(worker, DONE);
            children.notifyAll();
            return true;
        }
    }

    @Override
    public boolean signal(int pid, Signal signal) throws ErrnoException {
        synchronized (children) {
            return (live.containsKey(pid) || helpers.containsKey(pid)) && Posix.kill(pid, signal);
        }
    }

    /** Kills zygotes, stems, and what waits for a connection, those as well that are being made. Whoever makes more is stopped. */
    public void killHelpers() {
        synchronized (children) {
            children.close();
            for (int pid : helpers.keySet()) {
                try {
                    Posix.kill(pid, Signal.SIGKILL);
                } catch (ErrnoException e) {
                    listener.notKilled(e);
                }
            }
        }
    }

    /**
     * Blocks until no slot is taken, the time is over, or there is a reason to give up; {@link #recheck} makes it ask.
     *
     * @return whether no slot is taken
     */
    public boolean awaitEmpty(Duration limit, BooleanSupplier giveUp) throws InterruptedException {
        synchronized (children) {
            long deadline = System.nanoTime() + (limit.compareTo(FOREVER) < 0 ? limit : FOREVER).toNanos();
            while ((taken() > 0 || children.isTelling()) && !giveUp.getAsBoolean()) {
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (millis <= 0) {
                    return false;
                }
                children.wait(millis);
            }
            return taken() == 0 && !children.isTelling();
        }
    }

    /** Blocks until no zygote, stem or spare is left, or the time is over. */
    public void awaitHelpers(Duration limit) {
        synchronized (children) {
            long deadline = System.nanoTime() + limit.toNanos();
            try {
                while (!helpers.isEmpty()) {
                    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                    if (millis <= 0) {
                        return;
                    }
                    children.wait(millis);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts the main thread", e);
            }
        }
    }

    /** Makes a running {@link #awaitEmpty} ask again whether to give up. */
    public void recheck() {
        synchronized (children) {
            children.notifyAll();
        }
    }
}
