package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Registers;
import forkd.posix.Tracer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes all threads of a zygote but one stand still while they wait. A thread is only captured while it waits in futex(2): a
 * thread that is stopped in the middle of its work holds locks of the VM, and every copy of the process would hang at the
 * next one. Used on one thread, with reaping suspended.
 */
final class Freezer {
    private final int pid;
    private final int mainThread;
    private final Tracer tracer = new Tracer();
    private final List<Integer> stopped = new ArrayList<>();
    private final List<CapturedThread> captured = new ArrayList<>();
    private final Map<String, Long> busy = new TreeMap<>();

    /**
     * @param pid the zygote
     * @param mainThread the one that will fork; it is left alone
     */
    Freezer(int pid, int mainThread) {
        this.pid = pid;
        this.mainThread = mainThread;
    }

    /**
     * One try.
     *
     * @return whether every thread stands still and waits; otherwise all run on, and {@link #busy} says who was at work
     */
    boolean freeze() throws IOException {
        captured.clear();
        busy.clear();
        try {
            for (int tid : Processes.threads(pid)) {
                if (tid != mainThread && tid != pid) {
                    freeze(tid);
                }
            }
        } catch (IOException e) {
            release();
            throw e;
        }
        // A thread that was born meanwhile was not stopped.
        if (!busy.isEmpty() || Processes.threads(pid).size() != stopped.size() + 2) {
            release();
            return false;
        }
        return true;
    }

    private void freeze(int tid) throws IOException {
        Optional<String> name = Processes.name(pid, tid);
        if (name.isPresent()) {
            freeze(tid, name.get());
        }
    }

    private void freeze(int tid, String name) throws IOException {
        try {
            stopped.add(tid);
            if (!tracer.stop(tid)) {
                throw new FreezeException(
                        "thread " + name + " of the zygote does not stop", FreezeException.Cause.PASSING);
            }
            Registers registers = tracer.registers(tid);
            if (!registers.isWaiting()) {
                busy.put(name, registers.systemCall());
            }
            captured.add(new CapturedThread(name, registers));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
            // It has ended between the listing and the stop.
            tracer.bury(tid);
            stopped.remove(Integer.valueOf(tid));
        }
    }

    /** Lets all threads run on. */
    void release() throws ErrnoException {
        for (int tid : stopped) {
            tracer.release(tid);
        }
        stopped.clear();
    }

    /** What stands still. */
    List<CapturedThread> captured() {
        return List.copyOf(captured);
    }

    /** The names of those that were at work at the last try. */
    Set<String> busyThreads() {
        return Set.copyOf(busy.keySet());
    }

    /** Who was at work at the last try: the names with the system calls they were in. */
    String busy() {
        return busy.isEmpty() ? "threads come and go" : "at work were: " + busy;
    }
}
