package forkd.launcher.process;

import forkd.launcher.freeze.ChildWatch.Tracing;
import forkd.posix.EndedProcess;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.WaitStatus;
import forkd.posix.Zombies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All children of this process, which are those of one or several {@link WorkerTable}s: waitpid(2) gives whichever has ended,
 * so it has one caller for all of them. It is also the one lock of its tables: what is killed has not been reaped, and an end
 * that nobody knows yet is kept for whichever table announces its pid.
 *
 * <p>What a worker has left behind in its process group is killed, where a table wants that, between its end and the taking
 * away. A group's id is the pid of its first process, and the kernel gives that number away when neither the process nor a
 * member of the group has it any more:
 *
 * <pre>
 *   wrong:  waitpid: 12 is taken away; nobody else was in its group
 *                                         fork: somebody gets the pid 12, and with setpgid leads the group 12
 *           kill(-12): somebody is dead
 *
 *   right:  waitid(WNOWAIT): 12 has ended and is a zombie
 *           kill(-12): its group, in which it still is itself; or ESRCH, where it never led one
 *           waitpid(12): 12 is free, unless somebody is in the group who has not yet died of the signal
 * </pre>
 *
 * kill(2) of a group and a fork(2) in it exclude each other in the kernel, so that a fork bomb does not get away.
 */
public final class Children {
    /** Whoever waits longest is next: a reviver that is always at work must not keep the reaper out. */
    private static final boolean FAIR = true;

    /** pidfd_open(2), epoll_ctl(2): no descriptor or no memory for one more; a kernel or a container that has no such call. */
    private static final Set<Errno> IN_NEED =
            EnumSet.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ENOSPC, Errno.ENOSYS, Errno.EINVAL, Errno.EPERM);

    /** posix_spawn(3) and fork(2) take milliseconds. */
    private static final Duration MAKING = Duration.ofSeconds(1);

    private static final long FOREVER = Long.MAX_VALUE;

    private static final int NOBODY = 0;
    private static final int ANYBODY = -1;

    private final ReentrantLock reaping = new ReentrantLock(FAIR);
    private final List<WorkerTable> tables = new ArrayList<>();
    private final EarlyEnds early = new EarlyEnds(System.nanoTime());
    /** Ends that have been taken out of the tables and are not told yet. */
    private final List<Runnable> untold = new ArrayList<>();

    private int telling;
    private int expected;
    private boolean closed;
    private boolean killing;
    /** Whose threads are being traced: by the holder of the lock. */
    private int traced = NOBODY;
    /** Null where nobody is told. */
    private EndWatch ends;

    /** Has somebody told of ends: {@link forkd.posix.ChildEnds}. */
    interface EndWatch {
        void watch(int pid) throws ErrnoException;

        void forget(int pid) throws ErrnoException;
    }

    /**
     * From now on the ends of children whose pids are known are told by these, or null for none any more. They are given before
     * there is a child.
     */
    synchronized void tellBy(EndWatch watch) {
        ends = watch;
    }

    /**
     * Called by the tables, which hold the lock: a child that has not been taken away.
     *
     * @return why its end is not told: the system is out of something, or forbids it. The end is not lost: whoever takes all
     *     that have ended finds it, a little later.
     */
    Optional<ErrnoException> watch(int pid) {
        try {
            if (ends != null) {
                ends.watch(pid);
            }
            return Optional.empty();
        } catch (ErrnoException e) {
            if (!IN_NEED.contains(e.errno())) {
                // ESRCH above all: what has not been taken away is a process still.
                throw new IllegalStateException("the end of a child cannot be watched", e);
            }
            return Optional.of(e);
        }
    }

    /** Whose children these are, besides those that are there already. */
    synchronized void add(WorkerTable table) {
        tables.add(table);
        killing |= table.killsLeftovers();
    }

    /** A child is about to be made. Does not return where this process is about to end: nobody would end that child. */
    synchronized void expect() {
        while (closed) {
            await(FOREVER);
        }
        expected++;
    }

    /**
     * From now on no child is made. Blocks until those that are being made are known, but not for long; the lock is the caller's
     * as well, who can kill them all then.
     */
    synchronized void close() {
        closed = true;
        long deadline = System.nanoTime() + MAKING.toNanos();
        for (long left = MAKING.toNanos(); expected > 0 && left > 0; left = deadline - System.nanoTime()) {
            await(left);
        }
    }

    private void await(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who waits for children", e);
        }
    }

    /** What was expected is there, or will not come. */
    synchronized void unexpect() {
        expected--;
        if (expected == 0) {
            early.clear();
            notifyAll();
        }
    }

    /**
     * The end of a child whose pid was not known when it ended, which stays; null where it has not ended. What was kept for
     * another process that had this pid before is forgotten:
     *
     * <pre>
     *   kernel                                    reaper
     *   a stranger, 12, ends                      waitpid: 12, unknown, kept
     *   all pids have been given away once more
     *   worker 12                                                          publish(12): a child of ours is there
     * </pre>
     *
     * A worker whose end was kept has been taken away, and its pid is no child's until all others have been given away.
     */
    synchronized WaitStatus earlyEnd(int pid) {
        WaitStatus ended = early.get(pid);
        if (ended != null && isChild(pid)) {
            early.remove(pid);
            return null;
        }
        return ended;
    }

    /** The same, and takes it out. */
    synchronized WaitStatus takeEarlyEnd(int pid) {
        WaitStatus ended = earlyEnd(pid);
        early.remove(pid);
        return ended;
    }

    /** Whether it has not been taken away: lives, or has ended. */
    private static boolean isChild(int pid) {
        return ProcessHandle.of(pid)
                .flatMap(ProcessHandle::parent)
                .filter(ProcessHandle.current()::equals)
                .isPresent();
    }

    void withoutReaping(Tracing tracing) throws IOException {
        trace(ANYBODY, tracing);
    }

    void withoutReaping(int pid, Tracing tracing) throws IOException {
        trace(pid, tracing);
    }

    private void trace(int whom, Tracing tracing) throws IOException {
        reaping.lock();
        try {
            setTraced(whom);
            tracing.run();
        } finally {
            setTraced(NOBODY);
            reaping.unlock();
        }
    }

    private synchronized void setTraced(int whom) {
        traced = whom;
    }

    /**
     * Takes away every child that has ended, also those whose pids nobody knows: a worker that died before it could report
     * itself, or what a first process (PID 1) inherits from everybody. Looks at all children. Blocks while
     * {@link #withoutReaping} runs.
     */
    void reap() throws ErrnoException {
        reaping.lock();
        try {
            reapAll();
        } finally {
            reaping.unlock();
            tell();
        }
    }

    /**
     * As {@link #reap()}, unless somebody traces, and so does not block: freezing a zygote takes a while on a busy machine, and
     * meanwhile the ends of other children are told.
     *
     * @return whether it has looked
     */
    boolean reapIfUntraced() throws ErrnoException {
        if (!reaping.tryLock()) {
            return false;
        }
        try {
            reapAll();
        } finally {
            reaping.unlock();
            tell();
        }
        return true;
    }

    /**
     * Takes away one child, if it has ended, without a look at the others. Does not block: a call for this very pid takes nobody
     * else's status away, so it has to be left alone only while it is traced itself.
     *
     * @return false where it is left alone
     */
    boolean reapIfUntraced(int pid) throws ErrnoException {
        boolean reaped = reapUntraced(pid);
        tell();
        return reaped;
    }

    /** Blocks until nobody traces, or the time is over. */
    void awaitTracer(Duration limit) throws InterruptedException {
        if (reaping.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            reaping.unlock();
        }
    }

    private synchronized boolean reapUntraced(int pid) throws ErrnoException {
        if (traced == ANYBODY || traced == pid) {
            return false;
        }
        take(pid).ifPresent(this::taken);
        notifyAll();
        return true;
    }

    /** The end of a worker is told when the tables are not locked any more: {@link #tell} follows. */
    synchronized void toTell(Runnable end) {
        untold.add(end);
        telling++;
    }

    /** Whether there are ends that nobody has been told of. */
    synchronized boolean isTelling() {
        return telling > 0;
    }

    /**
     * Tells the ends that have been taken out of the tables. Nothing is locked: whoever is told writes it down, and the accept
     * loop must not wait for that.
     */
    void tell() {
        List<Runnable> ends = takeUntold();
        for (Runnable end : ends) {
            try {
                end.run();
            } finally {
                told();
            }
        }
    }

    private synchronized List<Runnable> takeUntold() {
        List<Runnable> ends = List.copyOf(untold);
        untold.clear();
        return ends;
    }

    private synchronized void told() {
        telling--;
        if (telling == 0) {
            notifyAll();
        }
    }

    private synchronized void reapAll() throws ErrnoException {
        for (Optional<EndedProcess> next = take(); next.isPresent(); next = take()) {
            taken(next.get());
        }
        notifyAll();
    }

    private void taken(EndedProcess ended) {
        if (ended.status().stopped()) {
            return; // a thread that its tracer will let go as soon as it can
        }
        forget(ended.pid());
        if (workerEnded(ended)) {
            return;
        }
        if (expected > 0) {
            early.add(ended.pid(), ended.status(), System.nanoTime());
        }
        tables.forEach(table -> table.helperEnded(ended));
    }

    private void forget(int pid) {
        if (ends != null) {
            try {
                ends.forget(pid);
            } catch (ErrnoException e) {
                throw new IllegalStateException("a descriptor of ours is broken", e);
            }
        }
    }

    /** Takes one child away; no call more than that where leftovers are kept. */
    private Optional<EndedProcess> take() throws ErrnoException {
        if (!killing) {
            return Posix.waitpid(-1);
        }
        OptionalInt ended = Zombies.next();
        return ended.isEmpty() ? Optional.empty() : take(ended.getAsInt());
    }

    private Optional<EndedProcess> take(int pid) throws ErrnoException {
        // It may have been taken away meanwhile by somebody else, and its pid be a live worker's.
        if (killing && Zombies.is(pid)) {
            killLeftovers(pid);
        }
        return Posix.waitpid(pid);
    }

    private void killLeftovers(int pid) {
        for (WorkerTable table : tables) {
            if (table.killLeftovers(pid)) {
                return;
            }
        }
        // Perhaps a worker that has not been published. Whose it is will be known when it is too late: only where all
        // agree.
        if (expected > 0 && tables.stream().allMatch(WorkerTable::killsLeftovers)) {
            tables.get(0).killGroup(pid);
        }
    }

    private boolean workerEnded(EndedProcess ended) {
        for (WorkerTable table : tables) {
            if (table.workerEnded(ended)) {
                return true;
            }
        }
        return false;
    }

    /** Blocks until there is a child to wait for. */
    synchronized void awaitChild() throws InterruptedException {
        while (tables.stream().noneMatch(WorkerTable::hasChild)) {
            wait();
        }
    }
}
