package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.ProcessState;
import forkd.posix.Registers;
import forkd.posix.ThreadImage;
import forkd.posix.TracedMemory;
import forkd.posix.Tracer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Revives the threads of a worker from outside: stops the worker, has its first thread make them by clone(2), gives each the
 * registers that it was captured with, and lets all go on. No code runs in the worker for it, and a thread that waits for one
 * that was missing (for a collection, a handshake, the end of the VM) finds it and goes on as well.
 *
 * <p>All threads of the worker stand still meanwhile, because one of them may be about to revive the watcher itself:
 * {@link ThreadImage#reviveIfAbsent} has the interleaving. The new ones are let go last, when the first thread has its own
 * state back.
 *
 * <p>The worker may be killed at any moment. Then its first thread keeps its exit status for the reaper, and the dead traced
 * threads are taken away here; as long as there is one the kernel does not report the end:
 *
 * <pre>
 *   reviver                        worker                          reaper
 *   stops it, clone: thread 12
 *                                  kill -9: all threads die        (not let in)
 *   ESRCH from whatever is next    thread 12 waits for its tracer
 *   takes 12 away                  now the process can be reported
 *   lets the reaper in                                             takes the exit status
 * </pre>
 *
 * <p>The reviver may not have learnt of thread 12 when that happens. So the first thread is not done with before it has died: no
 * thread is born then any more, and all that are left are looked for.
 *
 * If the launcher itself dies while the worker's first thread is in a state that is not its own, the kernel kills the worker.
 *
 * <p>Used on one thread, with reaping suspended.
 */
final class Revival {
    /** How a try has ended. */
    enum Outcome {
        /** Every captured thread lives. */
        DONE,
        /** It cannot be done now: the worker has been stopped (SIGSTOP), or does not react. */
        LATER,
        /** The worker has ended. */
        GONE
    }

    /** A thread's name is written there: deeper than the red zone under a waiting thread's stack pointer. */
    private static final int BELOW_STACK = 256;

    private static final int NAME_BYTES = 16;
    private static final long ALL_SIGNALS = -1;
    /** While threads are stopped others may be born; more often than this nobody looks. */
    private static final int LISTINGS = 10;
    /** The kernel takes some time to end all threads of a process that is killed. */
    private static final int BURIALS = 200;

    private static final long BETWEEN_BURIALS_NANOS = 100_000;

    private final Tracer tracer = new Tracer();
    /** Threads that could not be let go when they should have been, with their processes. */
    private final Map<Integer, Integer> late = new LinkedHashMap<>();

    /**
     * Revives what is missing.
     *
     * @param worker not reaped
     * @param due which of its missing threads
     * @throws IOException EPERM where the worker must not be traced, or another reason why it was left with what it has
     */
    Outcome revive(WatchedWorker worker, List<CapturedThread> due) throws IOException {
        int pid = worker.pid();
        releaseLate();
        if (late.containsValue(pid)) {
            return Outcome.LATER; // still held since the last try: it could not be seized once more (EPERM)
        }
        Set<Integer> traced = new LinkedHashSet<>();
        traced.add(pid);
        try {
            if (!tracer.stopForUse(pid) || !stopOthers(pid, traced)) {
                return Outcome.LATER;
            }
            try (ProcessMemory memory = new ProcessMemory(pid)) {
                cloneMissing(worker, due, traced, memory);
            }
            return Outcome.DONE;
        } catch (IOException e) {
            if (isErrno(e, Errno.ESRCH) || isEnding(pid)) {
                return Outcome.GONE;
            }
            if (isErrno(e, Errno.EINTR)) {
                return Outcome.LATER;
            }
            throw e;
        } finally {
            letGo(pid, traced);
        }
    }

    /** Whether threads are left that {@link #releaseLate} has to let go. */
    boolean isLate() {
        return !late.isEmpty();
    }

    /** Tries again to let go of threads that did not stop in time, or did not die. */
    void releaseLate() throws ErrnoException {
        for (Map.Entry<Integer, Integer> thread : List.copyOf(late.entrySet())) {
            if (letGo(thread.getKey(), thread.getValue())) {
                late.remove(thread.getKey());
            }
        }
    }

    private boolean stopOthers(int pid, Set<Integer> traced) throws IOException {
        for (int i = 0; i < LISTINGS; i++) {
            List<Integer> missing;
            try {
                missing = new ArrayList<>(Processes.threads(pid));
            } catch (IOException e) {
                return false; // no free descriptor to read it with; there may be one later
            }
            missing.removeAll(traced);
            if (missing.isEmpty()) {
                return true;
            }
            for (int tid : missing) {
                traced.add(tid);
                if (!stop(tid)) {
                    return false;
                }
            }
        }
        return false;
    }

    private boolean stop(int tid) throws IOException {
        try {
            return tracer.stop(tid);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH || ProcessState.hasEnded(tid)) {
                return true; // it ended before it was stopped
            }
            throw e;
        }
    }

    private void cloneMissing(WatchedWorker worker, List<CapturedThread> due, Set<Integer> traced, ProcessMemory memory)
            throws IOException {
        int pid = worker.pid();
        Registers own = tracer.registers(pid);
        long mask = tracer.signalMask(pid);
        TracedMemory calls =
                new TracedMemory(tracer, pid, own, due.get(0).registers().syscallInstruction());
        tracer.killWithTracer(pid, true);
        // A signal would be delivered before the first thread makes the call that it is to make.
        tracer.setSignalMask(pid, ALL_SIGNALS);
        try {
            for (CapturedThread thread : due) {
                if (memory.getInt(thread.idAddress(worker.tidOffset())) == ThreadImage.ABSENT) {
                    giveBackGuard(thread, calls);
                    int tid = tracer.cloneThread(pid, own, thread.registers(), worker.tidOffset());
                    traced.add(tid);
                    begin(tid, memory, thread, mask);
                }
                worker.has(thread);
            }
        } finally {
            tracer.setRegisters(pid, own);
            tracer.setSignalMask(pid, mask);
            tracer.killWithTracer(pid, false);
        }
    }

    /** {@link StemLayout#guardOf}. */
    private static void giveBackGuard(CapturedThread thread, TracedMemory calls) throws ErrnoException {
        if (thread.lostGuard().isPresent()) {
            Mapping guard = thread.lostGuard().get();
            calls.protect(guard.start(), guard.bytes(), Mapping.INACCESSIBLE);
        }
    }

    /** Makes a new thread, still stopped, the one that was captured: name, signal mask, registers. */
    private void begin(int tid, ProcessMemory memory, CapturedThread thread, long mask) throws IOException {
        Registers image = thread.registers();
        long name = image.stackPointer() - BELOW_STACK;
        ByteBuffer bytes = ByteBuffer.allocate(NAME_BYTES);
        bytes.put(thread.name().getBytes(StandardCharsets.UTF_8)).rewind();
        memory.write(name, bytes);
        try {
            tracer.setName(tid, image, name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINTR) {
                throw e;
            }
            // It was chosen to be stopped with its process, and does without a name.
        }
        tracer.setSignalMask(tid, mask);
        tracer.setRegisters(tid, image.returning(0));
        tracer.killWithTracer(tid, false);
    }

    private static boolean isErrno(IOException e, Errno errno) {
        return e instanceof ErrnoException failure && failure.errno() == errno;
    }

    /** A process that has just been killed refuses one thing and another before it has ended. */
    private static boolean isEnding(int pid) {
        for (int i = 0; i < BURIALS; i++) {
            if (ProcessState.hasEnded(pid)) {
                return true;
            }
            LockSupport.parkNanos(BETWEEN_BURIALS_NANOS);
        }
        return false;
    }

    private void letGo(int pid, Set<Integer> traced) throws ErrnoException {
        // All of them, whatever becomes of one: a thread that is not let go stands for ever.
        for (int tid : traced) {
            letGoSooner(tid, pid);
        }
        for (int i = 0; i < BURIALS && !late.isEmpty() && ProcessState.hasEnded(pid); i++) {
            LockSupport.parkNanos(BETWEEN_BURIALS_NANOS);
            releaseLate();
        }
    }

    /** Now, or as soon as it can be. */
    private void letGoSooner(int tid, int pid) throws ErrnoException {
        if (!letGo(tid, pid)) {
            late.put(tid, pid);
        }
    }

    private boolean letGo(int tid, int pid) throws ErrnoException {
        if (tracer.release(tid)) {
            return true;
        }
        if (tid != pid) {
            return tracer.bury(tid);
        }
        // It may have been killed, and not have died yet.
        return ProcessState.hasEnded(pid) && buryAll(pid);
    }

    /** Takes away the threads of a process that has ended, also those of which nobody has learnt. */
    private boolean buryAll(int pid) {
        List<Integer> threads;
        try {
            threads = Processes.threads(pid);
        } catch (IOException e) {
            return false; // no free descriptor to read it with; there may be one later
        }
        for (int tid : threads) {
            if (tid != pid && !tracer.bury(tid)) {
                late.put(tid, pid);
            }
        }
        return true;
    }
}
