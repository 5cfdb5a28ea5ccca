package forkd.posix;

import static forkd.posix.Native.LIBC;
import static forkd.posix.WaitId.P_PID;
import static forkd.posix.WaitId.SIGINFO_BYTES;
import static forkd.posix.WaitId.SI_CODE;
import static forkd.posix.WaitId.SI_PID;
import static forkd.posix.WaitId.SI_STATUS;
import static forkd.posix.WaitId.WALL;
import static forkd.posix.WaitId.WEXITED;
import static forkd.posix.WaitId.WNOHANG;
import static forkd.posix.WaitId.WNOWAIT;
import static forkd.posix.WaitId.WSTOPPED;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Pointer;

/**
 * ptrace(2) of the threads of a child: stops them, reads and writes their registers, makes system calls in them, lets them go.
 * The kernel ties a tracer to its thread: all methods are called on the thread that seized.
 *
 * <p>A stopped thread is reported by waitpid(2) to any thread of the tracer's process. So while this is used nobody else
 * may take stati away. This class itself takes none away but that of a dead thread ({@link #bury}): it looks with WNOWAIT, and
 * what it has seen of a stop is gone when the thread goes on. The exit status of a process that is killed meanwhile stays for
 * its reaper.
 *
 * <p>No method blocks without a limit. A tracee may be killed at any moment; then every method throws ESRCH.
 */
public final class Tracer {
    private static final long PTRACE_SINGLESTEP = 9;
    private static final long PTRACE_GETREGS = 12;
    private static final long PTRACE_SETREGS = 13;
    private static final long PTRACE_DETACH = 17;
    private static final long PTRACE_SETOPTIONS = 0x4200;
    private static final long PTRACE_SEIZE = 0x4206;
    private static final long PTRACE_INTERRUPT = 0x4207;
    private static final long PTRACE_PEEKSIGINFO = 0x4209;
    private static final long PTRACE_GETSIGMASK = 0x420a;
    private static final long PTRACE_SETSIGMASK = 0x420b;
    private static final long PTRACE_O_EXITKILL = 0x100000;

    /** struct ptrace_peeksiginfo_args. */
    private static final int PEEK_OFFSET = 0;

    private static final int PEEK_COUNT = 12;
    private static final int PEEK_BYTES = 16;

    private static final long SYS_PRCTL_X86_64 = 157;
    /** The new thread is traced from birth, as the one that makes it. */
    private static final long CLONE_PTRACE = 0x2000;

    private static final long MAX_ERRNO = 4095;
    /** A system call that was not made because a signal came (ERESTARTSYS and its like) is made again. */
    private static final long FIRST_RESTART = -516;

    private static final long LAST_RESTART = -512;

    /** The kernel stops a thread within microseconds; only one that sleeps uninterruptibly (vfork, a dead disk) is late. */
    private static final Duration STOP_PATIENCE = Duration.ofMillis(200);
    /** A system call that maps or copies megabytes takes milliseconds. */
    private static final Duration STEP_PATIENCE = Duration.ofSeconds(5);

    private static final long POLL_NANOS = 20_000;
    /** After about a millisecond. */
    private static final int POLLS_UNTIL_DOUBT = 16;
    /** A thread gets that many signals, one after the other, before a system call in it is given up. */
    private static final int MAX_STEPS = 20;

    private final Pointer registers = Native.allocate(Registers.BYTES);
    private final Pointer mask = Native.allocate(Long.BYTES);
    private final Pointer info = Native.allocate(SIGINFO_BYTES);
    private final Pointer peek = Native.allocate(PEEK_BYTES);
    private final Map<Integer, Integer> undelivered = new HashMap<>();

    /**
     * PTRACE_SEIZE, PTRACE_INTERRUPT and the wait for the stop.
     *
     * @return false where the thread does not stop in time: {@link #release} it until that succeeds
     * @throws ErrnoException EPERM where tracing is not allowed, ESRCH where the thread has ended
     */
    public boolean stop(int tid) throws ErrnoException {
        return seize(tid).isPresent();
    }

    /**
     * As {@link #stop}, where the thread is to be used for system calls.
     *
     * @return false where it cannot be used now: it does not stop in time, is about to get a signal, or its process has been
     *     stopped by one (SIGSTOP); {@link #release} it
     */
    public boolean stopForUse(int tid) throws ErrnoException {
        Optional<TraceStop> stop = seize(tid);
        return stop.isPresent() && !stop.get().isGroupStop() && stop.get().undelivered() == 0 && !hasFaulted(tid);
    }

    /**
     * PTRACE_PEEKSIGINFO of a stopped thread: whether a signal waits for it that its own last instruction has raised. Such a one
     * the kernel gives it before the trap of a step, even where it is blocked ({@code dequeue_synchronous_signal}), and the trap
     * would be left for the time when nobody traces it any more:
     *
     * <pre>
     *   tracer                          thread
     *                                   reads from 0: SIGSEGV waits
     *   PTRACE_INTERRUPT ─────────────▶ stops before it is delivered
     *   blocks all, PTRACE_SINGLESTEP ▶ makes the call; SIGTRAP waits, too
     *                     ◀──────────── stops for SIGSEGV
     *   gives up, PTRACE_DETACH ──────▶ handles SIGSEGV, and dies of SIGTRAP
     * </pre>
     */
    private boolean hasFaulted(int tid) throws ErrnoException {
        for (long at = 0; ; at++) {
            peek.putLong(PEEK_OFFSET, at);
            peek.putInt(PEEK_COUNT, 1);
            long found = LIBC.ptrace(PTRACE_PEEKSIGINFO, tid, peek.address(), info.address());
            if (found < 0) {
                throw Native.failed("ptrace", "PTRACE_PEEKSIGINFO, " + tid);
            }
            if (found == 0) {
                return false;
            }
            // A positive code is the kernel's own: a fault, and not a kill(2).
            if (info.getInt(SI_CODE) > 0) {
                return true;
            }
        }
    }

    private Optional<TraceStop> seize(int tid) throws ErrnoException {
        call("PTRACE_SEIZE", PTRACE_SEIZE, tid, 0, 0);
        call("PTRACE_INTERRUPT", PTRACE_INTERRUPT, tid, 0, 0);
        Optional<TraceStop> stop = await(tid, STOP_PATIENCE);
        stop.ifPresent(reason -> hold(tid, reason));
        return stop;
    }

    /**
     * A signal that was taken for the thread is the tracer's to pass on, in this very stop: only so does the kernel know, if
     * it is a SIGSTOP, whether a SIGCONT has come since.
     */
    private void hold(int tid, TraceStop stop) {
        if (stop.undelivered() != 0) {
            undelivered.put(tid, stop.undelivered());
        }
    }

    /** PTRACE_GETREGS of a stopped thread. */
    public Registers registers(int tid) throws ErrnoException {
        call("PTRACE_GETREGS", PTRACE_GETREGS, tid, 0, registers.address());
        byte[] bytes = new byte[Registers.BYTES];
        registers.get(0, bytes, 0, bytes.length);
        return Registers.of(bytes);
    }

    /** PTRACE_SETREGS of a stopped thread. */
    public void setRegisters(int tid, Registers values) throws ErrnoException {
        registers.put(0, values.toBytes(), 0, Registers.BYTES);
        call("PTRACE_SETREGS", PTRACE_SETREGS, tid, 0, registers.address());
    }

    /** PTRACE_GETSIGMASK of a stopped thread: the signals that it has blocked. */
    public long signalMask(int tid) throws ErrnoException {
        call("PTRACE_GETSIGMASK", PTRACE_GETSIGMASK, tid, Long.BYTES, mask.address());
        return mask.getLong(0);
    }

    /** PTRACE_SETSIGMASK of a stopped thread. */
    public void setSignalMask(int tid, long signals) throws ErrnoException {
        mask.putLong(0, signals);
        call("PTRACE_SETSIGMASK", PTRACE_SETSIGMASK, tid, Long.BYTES, mask.address());
    }

    /**
     * PTRACE_SETOPTIONS: if this process ends before the thread is released, the kernel kills the thread's process, which must
     * not run on with what was done to it half.
     */
    public void killWithTracer(int tid, boolean kill) throws ErrnoException {
        call("PTRACE_SETOPTIONS", PTRACE_SETOPTIONS, tid, 0, kill ? PTRACE_O_EXITKILL : 0);
    }

    /**
     * Has a stopped thread make one system call. Its registers are not put back: that is the caller's, when all is done.
     *
     * @param base the registers that the call does not need
     * @param instruction the address of a {@code syscall} instruction in the process
     * @return what the call answers
     * @throws ErrnoException what the call answers as an error; ESRCH where the thread has ended; EINTR where a signal came
     *     that cannot be blocked (SIGSTOP): the call was not made, and the thread must be released
     */
    public long inject(int tid, Registers base, long instruction, long number, long... arguments)
            throws ErrnoException {
        setRegisters(tid, base.calling(instruction, number, arguments));
        long result = LAST_RESTART;
        for (int i = 0; result >= FIRST_RESTART && result <= LAST_RESTART; i++) {
            if (i == MAX_STEPS) {
                throw new ErrnoException("system call " + number + " in " + tid, Errno.EINTR);
            }
            call("PTRACE_SINGLESTEP", PTRACE_SINGLESTEP, tid, 0, 0);
            TraceStop stop = awaitOrKill(tid);
            // A stop for another reason comes before the call is made: a signal, or news of the process.
            if (stop.undelivered() != 0) {
                hold(tid, stop);
                throw new ErrnoException("system call " + number + " in " + tid, Errno.EINTR);
            }
            if (stop.isStep()) {
                result = registers(tid).result();
            }
        }
        if (result < 0 && result >= -MAX_ERRNO) {
            throw new ErrnoException("system call " + number + " in " + tid, Errno.of((int) -result));
        }
        return result;
    }

    /**
     * clone(2) in a stopped thread: a thread that was captured in the original of this process gets its place in the copy. It
     * is traced and stopped. It still needs its registers.
     *
     * @param base the registers of the thread that makes it
     * @param image the captured registers
     * @param tidOffset where the C library keeps a thread's id in its descriptor of the thread
     * @return its id
     */
    public int cloneThread(int tid, Registers base, Registers image, int tidOffset) throws ErrnoException {
        long idAddress = image.threadDescriptor() + tidOffset;
        int thread = (int) inject(
                tid,
                base,
                image.syscallInstruction(),
                RawFork.SYS_CLONE_X86_64,
                ThreadImage.THREAD_FLAGS | CLONE_PTRACE,
                image.stackPointer(),
                idAddress,
                idAddress,
                image.threadDescriptor());
        awaitOrKill(thread);
        return thread;
    }

    /**
     * prctl(PR_SET_NAME) in a stopped thread.
     *
     * @param image registers whose instruction pointer stands behind a {@code syscall} instruction
     * @param name the address of the name in the process
     */
    public void setName(int tid, Registers image, long name) throws ErrnoException {
        inject(tid, image, image.syscallInstruction(), SYS_PRCTL_X86_64, Posix.PR_SET_NAME, name);
    }

    /**
     * PTRACE_DETACH: the thread goes on where it was, and gets what signal was held back.
     *
     * @return false where that cannot be now: it has not stopped yet, or has ended
     */
    public boolean release(int tid) throws ErrnoException {
        Integer held = undelivered.remove(tid);
        if (LIBC.ptrace(PTRACE_DETACH, tid, 0, held == null ? 0 : held) < 0) {
            Errno errno = Native.errno();
            if (errno != Errno.ESRCH) {
                throw new ErrnoException("ptrace(PTRACE_DETACH, " + tid + ")", errno);
            }
            return false;
        }
        return true;
    }

    /**
     * Takes a traced thread away that has ended, and is not the first of its process: as long as nobody does the kernel does
     * not report the end of the process.
     *
     * @return whether there is no such traced thread any more
     */
    public boolean bury(int tid) {
        return LIBC.waitid(P_PID, tid, info, WEXITED | WNOHANG | WALL) < 0 || info.getInt(SI_PID) == tid;
    }

    /** A thread with registers that are not its own, and that cannot be given these, must not run on: neither may its process. */
    private TraceStop awaitOrKill(int tid) throws ErrnoException {
        Optional<TraceStop> stop = await(tid, STEP_PATIENCE);
        if (stop.isEmpty()) {
            Posix.kill(tid, Signal.SIGKILL);
            throw new ErrnoException("the stop of thread " + tid + ", which is killed", Errno.ETIMEDOUT);
        }
        return stop.get();
    }

    /** Waits, for so long, until a thread has stopped. Polls, because a wait for it alone may never end: see {@link #bury}. */
    private Optional<TraceStop> await(int tid, Duration patience) throws ErrnoException {
        long start = System.nanoTime();
        for (int i = 0; ; i++) {
            info.putInt(SI_PID, 0);
            if (LIBC.waitid(P_PID, tid, info, WEXITED | WSTOPPED | WNOWAIT | WNOHANG | WALL) < 0) {
                Errno errno = Native.errno();
                throw new ErrnoException("waitid(" + tid + ")", errno == Errno.ECHILD ? Errno.ESRCH : errno);
            }
            if (info.getInt(SI_PID) == tid) {
                TraceStop stop = new TraceStop(info.getInt(SI_CODE), info.getInt(SI_STATUS));
                if (stop.isEnd()) {
                    throw new ErrnoException("ptrace(" + tid + ")", Errno.ESRCH);
                }
                return Optional.of(stop);
            }
            if (System.nanoTime() - start > patience.toNanos()) {
                return Optional.empty();
            }
            LockSupport.parkNanos(POLL_NANOS);
            // The first thread of a killed process is not reported before all others have been taken away, and those
            // that are traced wait for this tracer, which would wait for the first one.
            if (i % POLLS_UNTIL_DOUBT == POLLS_UNTIL_DOUBT - 1 && ProcessState.hasEnded(tid)) {
                throw new ErrnoException("ptrace(" + tid + ")", Errno.ESRCH);
            }
        }
    }

    private static void call(String name, long request, int tid, long address, long data) throws ErrnoException {
        if (LIBC.ptrace(request, tid, address, data) < 0) {
            throw Native.failed("ptrace", name + ", " + tid);
        }
    }
}
