package forkd.launcher.process;

import forkd.posix.EndedProcess;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.WaitStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The live workers, and the slots that bound their number. A slot is taken first, then the process is started, then its
 * pid is published; the slot is free again when the process has been reaped, or when it could not be started.
 *
 * <p>Two threads meet here: the accept loop takes slots and publishes, the reaper reaps. A worker may be gone before its
 * pid is known:
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
 * so an exit of an unknown pid is kept as long as a slot is reserved and not yet published. Without such a slot an unknown
 * child is none of ours (a shell that executes forkd may leave it some) and is forgotten.
 *
 * <p>A pid is free for the kernel to give away as soon as waitpid has returned it. Therefore reaping and killing exclude
 * each other: both hold this table's lock, and what is killed has not been reaped.
 */
public final class WorkerTable {
    private final int maximum;
    private final WorkerListener listener;
    private final Map<Integer, Worker> live = new HashMap<>();
    private final Map<Integer, WaitStatus> early = new HashMap<>();
    private int reserved;

    /**
     * @param maximum how many slots there are
     * @param listener is told of each end, on the reaper's or the accept loop's thread, with the table locked
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

    public synchronized boolean hasRoom() {
        return taken() < maximum;
    }

    /** Takes a slot. Followed by {@link #publish} or {@link #cancel}. */
    public synchronized void reserve() {
        if (!hasRoom()) {
            throw new IllegalStateException("all " + maximum + " slots are taken");
        }
        reserved++;
    }

    /** Gives a slot back whose worker could not be started. */
    public synchronized void cancel() {
        boolean full = !hasRoom();
        release();
        freed(full);
        notifyAll();
    }

    private void freed(boolean wasFull) {
        if (wasFull) {
            listener.roomAgain();
        }
    }

    /** Puts the worker of a reserved slot into the table, or tells the listener at once of one that has already ended. */
    public synchronized void publish(Worker worker) {
        boolean full = !hasRoom();
        WaitStatus ended = early.remove(worker.pid());
        release();
        if (ended == null) {
            live.put(worker.pid(), worker);
        } else {
            listener.ended(worker, ended);
            freed(full);
        }
        notifyAll();
    }

    private void release() {
        reserved--;
        if (reserved == 0) {
            early.clear();
        }
    }

    /** Takes away every child that has ended. Does not block. Called by the reaper. */
    synchronized void reap() throws ErrnoException {
        boolean full = !hasRoom();
        for (Optional<EndedProcess> next = Posix.waitpid(-1); next.isPresent(); next = Posix.waitpid(-1)) {
            EndedProcess ended = next.get();
            Worker worker = live.remove(ended.pid());
            if (worker != null) {
                listener.ended(worker, ended.status());
            } else if (reserved > 0) {
                early.put(ended.pid(), ended.status());
            }
        }
        freed(full && hasRoom());
        notifyAll();
    }

    /** Blocks until there is a live worker. */
    synchronized void awaitWorker() throws InterruptedException {
        while (live.isEmpty()) {
            wait();
        }
    }

    /** Sends the signal to the process group of every live worker. */
    public synchronized void signalAll(Signal signal) throws ErrnoException {
        for (int pid : live.keySet()) {
            Posix.kill(-pid, signal);
        }
    }

    /**
     * Blocks until no slot is taken, the time is over, or there is a reason to give up; {@link #recheck} makes it ask.
     *
     * @return whether no slot is taken
     */
    public synchronized boolean awaitEmpty(Duration limit, BooleanSupplier giveUp) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (taken() > 0 && !giveUp.getAsBoolean()) {
            long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return taken() == 0;
    }

    /** Makes a running {@link #awaitEmpty} ask again whether to give up. */
    public synchronized void recheck() {
        notifyAll();
    }
}
