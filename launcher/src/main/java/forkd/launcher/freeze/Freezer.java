package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.ProcessState;
import forkd.posix.Registers;
import forkd.posix.Tracer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes all threads of a zygote but one stand still while they wait. A thread is only captured while it waits in futex(2): a
 * thread that is stopped in the middle of its work holds locks of the VM, and every copy of the process would hang at the
 * next one. Used on one thread, with reaping suspended.
 */
final class Freezer {
    /** The kernel takes some time to end all threads of a process that is killed. */
    private static final int BURIALS = 200;

    private static final long BETWEEN_BURIALS_NANOS = 100_000;

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
     * @param whileStill what is done while every thread stands still and waits, if it comes to that
     * @return whether it has been done; otherwise {@link #busy} says who was at work. All threads run on
     */
    boolean freeze(ChildWatch.Tracing whileStill) throws IOException {
        captured.clear();
        busy.clear();
        boolean still;
        try {
            still = stopAll();
            if (still) {
                whileStill.run();
            }
        } catch (IOException e) {
            releaseAfter(e);
            throw e;
        }
        release();
        return still;
    }

    private boolean stopAll() throws IOException {
        for (int tid : Processes.threads(pid)) {
            if (tid != mainThread && tid != pid) {
                stop(tid);
            }
        }
        // A thread that was born meanwhile was not stopped.
        return busy.isEmpty() && Processes.threads(pid).size() == stopped.size() + 2;
    }

    private void stop(int tid) throws IOException {
        Optional<String> name = Processes.name(pid, tid);
        if (name.isPresent()) {
            stop(tid, name.get());
        }
    }

    private void stop(int tid, String name) throws IOException {
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
            // To seize a thread that has ended between the listing and the stop is EPERM until it is gone.
            if (e.errno() != Errno.ESRCH && !ProcessState.hasEnded(tid)) {
                throw FreezeException.isPassing(e) ? e : refused(e);
            }
            tracer.bury(tid);
            stopped.remove(Integer.valueOf(tid));
        }
    }

    /** Yama, seccomp and debuggers answer EPERM, SELinux EACCES, and a kernel or a sandbox without the call ENOSYS or EIO. */
    private static FreezeException refused(ErrnoException why) {
        return new FreezeException(
                "tracing the zygote is not allowed: " + why.getMessage(), FreezeException.Cause.LASTING);
    }

    /**
     * Lets all threads run on. If the zygote has been killed meanwhile they have ended, or are about to, and are taken away: as
     * long as a dead traced thread is there the kernel does not report the end of its process.
     */
    private void release() throws ErrnoException {
        for (int i = 0; i < BURIALS && !stopped.isEmpty(); i++) {
            if (i > 0) {
                LockSupport.parkNanos(BETWEEN_BURIALS_NANOS);
            }
            for (int tid : List.copyOf(stopped)) {
                if (tracer.release(tid) || tracer.bury(tid)) {
                    stopped.remove(Integer.valueOf(tid));
                }
            }
        }
    }

    private void releaseAfter(IOException failure) {
        try {
            release();
        } catch (ErrnoException e) {
            failure.addSuppressed(e); // where ptrace(2) is forbidden nobody has been stopped
        }
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
