package forkd.launcher.freeze;

import forkd.zygote.ZygoteProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/** A worker that may need its threads, and when it is looked at next. */
final class WatchedWorker implements Delayed {
    private static final long NEVER = -1;

    private final int pid;
    private final long connection;
    private final List<CapturedThread> missing;
    private final int tidOffset;
    private final EarlyNeed early;
    private int looks;
    private long due;
    private long cpuNanos = NEVER;

    /**
     * A worker that has just started.
     *
     * @param threads what was captured of its zygote's
     * @param tidOffset where the C library keeps a thread's id in its descriptor of the thread
     * @param early is told at the first look that it has waited
     */
    WatchedWorker(int pid, long connection, List<CapturedThread> threads, int tidOffset, EarlyNeed early) {
        this.early = early;
        this.pid = pid;
        this.connection = connection;
        this.missing = new ArrayList<>(threads);
        this.tidOffset = tidOffset;
    }

    int pid() {
        return pid;
    }

    long connection() {
        return connection;
    }

    /**
     * What it gets in any case, from the second look on, if it may not have it yet: the VM Thread, without which it cannot even
     * collect garbage. Not at the first: where many short workers queue for a processor, that would make the queue longer.
     */
    List<CapturedThread> urgent() {
        return looks < 2
                ? List.of()
                : missing.stream()
                        .filter(thread -> thread.name().equals(ZygoteProtocol.VM_THREAD))
                        .toList();
    }

    /** How often it has been looked at, with the look that is under way. */
    int looks() {
        return looks;
    }

    /** It waits for another thread, perhaps one that it does not have. */
    void waits() {
        if (looks == 1) {
            early.waited();
        }
    }

    /** The threads that it may not have yet. */
    List<CapturedThread> missing() {
        return List.copyOf(missing);
    }

    /** It has had this thread, which may end like any other. */
    void has(CapturedThread thread) {
        missing.remove(thread);
    }

    int tidOffset() {
        return tidOffset;
    }

    /**
     * Makes an appointment for the next look.
     *
     * @param tickNanos what appointments are rounded up to
     */
    void next(long tickNanos) {
        long at = System.nanoTime() + RevivalPolicy.delay(looks).toNanos();
        due = Math.floorDiv(at + tickNanos - 1, tickNanos) * tickNanos;
        looks++;
    }

    /**
     * Notes its processor time.
     *
     * @return whether it has used any since the last call
     */
    boolean hasRun(long cpu) {
        boolean ran = cpu != cpuNanos;
        cpuNanos = cpu;
        return ran;
    }

    /** The next look counts as one after it has run. */
    void forgetRun() {
        cpuNanos = NEVER;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.signum(due - ((WatchedWorker) other).due);
    }
}
