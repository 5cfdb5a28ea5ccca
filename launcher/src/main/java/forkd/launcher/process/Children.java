package forkd.launcher.process;

import forkd.launcher.freeze.ChildWatch.Tracing;
import forkd.posix.EndedProcess;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.WaitStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All children of this process, which are those of one or several {@link WorkerTable}s: waitpid(2) gives whichever has ended,
 * so it has one caller for all of them. It is also the one lock of its tables: what is killed has not been reaped, and an end
 * that nobody knows yet is kept for whichever table announces its pid.
 */
public final class Children {
    /** Whoever waits longest is next: a reviver that is always at work must not keep the reaper out. */
    private static final boolean FAIR = true;

    private final ReentrantLock reaping = new ReentrantLock(FAIR);
    private final List<WorkerTable> tables = new ArrayList<>();
    private final Map<Integer, WaitStatus> early = new HashMap<>();
    private int expected;

    /** Whose children these are, besides those that are there already. */
    synchronized void add(WorkerTable table) {
        tables.add(table);
    }

    /** A child is about to be made. */
    synchronized void expect() {
        expected++;
    }

    /** What was expected is there, or will not come. */
    synchronized void unexpect() {
        expected--;
        if (expected == 0) {
            early.clear();
        }
    }

    /** As {@link #takeEarlyEnd}, and leaves it. */
    synchronized WaitStatus earlyEnd(int pid) {
        return early.get(pid);
    }

    /** The end of a child whose pid was not known when it ended; null where it has not ended. */
    synchronized WaitStatus takeEarlyEnd(int pid) {
        return early.remove(pid);
    }

    void withoutReaping(Tracing tracing) throws IOException {
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
            if (ended.status().stopped() || workerEnded(ended)) {
                continue; // a stopped one is a thread that its tracer will let go as soon as it can
            }
            if (expected > 0) {
                early.put(ended.pid(), ended.status());
            }
            tables.forEach(table -> table.helperEnded(ended));
        }
        notifyAll();
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
