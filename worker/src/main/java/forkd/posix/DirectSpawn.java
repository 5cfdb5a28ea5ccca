package forkd.posix;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;
import jnr.ffi.Pointer;

/**
 * posix_spawn(3) by instructions of our own, {@link ChildCode}: the child makes the same system calls as the C library's, and
 * there is less around them, which counts where a process is made for every connection.
 *
 * <ul>
 *   <li>The C library blocks all signals of the calling thread meanwhile. A SIGCHLD that comes then, another worker's end, is not
 *       ignored, as it is otherwise, but wakes another thread of the JVM, which finds nothing to do. Here it is not blocked; its
 *       disposition is the default one, so that no handler can run in the child.
 *   <li>The C library maps a stack for the child and unmaps it: an interrupt for every processor on which a thread of the JVM runs.
 *       Our child needs none.
 *   <li>The child shares the table of descriptors (CLONE_FILES) until it takes a copy of its own, by close_range(2) with
 *       CLOSE_RANGE_UNSHARE. So between its birth and its first moment on a processor it holds nobody else's descriptors: a pipe
 *       whose writer has ended is at its end.
 *   <li>The C library sets the disposition of each of the 64 signals. Here the kernel takes all handlers away when it makes the child, in
 *       one go (CLONE_CLEAR_SIGHAND), and left are those signals that this process ignores, nohup(1)'s for example. They are looked up
 *       once: a signal that somebody ignores later may stay ignored in the program. Where clone3(2) is refused, as in many containers, it is
 *       as in the C library.
 * </ul>
 *
 * x86_64 with Linux 5.9 or newer; elsewhere {@link Posix#spawn} asks the C library. Each thread has an object of its own.
 */
final class DirectSpawn {
    private static final int CLONE_VM = 0x100;
    private static final int CLONE_FILES = 0x400;
    private static final int CLONE_VFORK = 0x4000;
    private static final int CLONE_PARENT_SETTID = 0x100000;
    private static final int CLONE_CHILD_CLEARTID = 0x200000;
    private static final long CLONE_CLEAR_SIGHAND = 0x100000000L;
    /** struct clone_args: flags, and far behind them the signal that tells the child's end. */
    private static final int CLONE_ARGS_BYTES = 64;

    private static final int CLONE_ARGS_CHILD_TID = 16;
    private static final int CLONE_ARGS_PARENT_TID = 24;
    private static final int CLONE_ARGS_SIGNAL = 32;

    private static final int FUTEX_WAIT = 0;
    private static final int SIGCHLD = 17;
    private static final int LAST_SIGNAL = 64;
    private static final long ALL_SIGNALS = -1;
    private static final int SIG_SETMASK = 2;
    private static final int SIGSET_BYTES = 8;
    private static final int F_SETFD = 2;
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final long ALL_ABOVE = 0xffffffffL;

    private static final int ENVIRONMENT_BYTES = 8 * 1024;
    private static final int INITIAL_BYTES =
            ChildCode.STEPS + (2 * LAST_SIGNAL) * ChildCode.STEP_BYTES + ENVIRONMENT_BYTES;

    private static volatile boolean supported = MachineCode.isSupported();
    /** Whether clone3(2) has not been refused. */
    private static volatile boolean clears = true;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private static final ThreadLocal<DirectSpawn> OWN = ThreadLocal.withInitial(() -> new DirectSpawn(true, clears));

    private ByteBuffer memory;
    private Pointer frame;
    private long address;
    /** Where zeros are: a signal's default disposition, and no signal at all. */
    private long zeros;

    /** Whether the thread waits in clone(2) for the program. */
    private final boolean waits;

    private boolean clearing;
    /** The steps that are the same each time are in front, and have been written so far. */
    private int constant;

    private int unshare;
    private int end;

    private DirectSpawn(boolean waits, boolean clearing) {
        this.waits = waits;
        this.clearing = clearing;
        allocate(INITIAL_BYTES);
    }

    static boolean isSupported() {
        return supported;
    }

    /** For one child at a time, which is not waited for. */
    static DirectSpawn overlapping() {
        return new DirectSpawn(false, clears);
    }

    /** For one thread, by clone(2), as where clone3(2) is refused. */
    static DirectSpawn withoutClone3() {
        return new DirectSpawn(true, false);
    }

    /**
     * Blocks until the child has executed its program.
     *
     * @return its pid; empty where the C library has to do it
     */
    static OptionalInt spawn(SpawnRequest request) throws ErrnoException {
        return supported ? OWN.get().make(request) : OptionalInt.empty();
    }

    OptionalInt make(SpawnRequest request) throws ErrnoException {
        return end(request, begin(request));
    }

    /**
     * Makes the child. An overlapping one shares the table of descriptors until it takes its copy: what the request names has to stay
     * open until {@link #await} returns.
     *
     * @return its pid
     */
    int begin(SpawnRequest request) throws ErrnoException {
        ExecStrings strings = new ExecStrings(request);
        prepare(request.inherited(), strings);
        long pid = ChildCode.spawn(frame);
        if (clearing && isUnknown(pid)) {
            clears = false;
            clearing = false;
            allocate(INITIAL_BYTES);
            prepare(request.inherited(), strings);
            pid = ChildCode.spawn(frame);
        }
        if (pid < 0) {
            throw failed(request, -pid);
        }
        return (int) pid;
    }

    /** Waits until the child has executed its program or has ended: then the kernel clears its id, and wakes who waits there. */
    void await() {
        for (int tid = tid(); tid != 0; tid = tid()) {
            Native.LIBC.syscall(SystemCall.FUTEX.number(), address + ChildCode.PID, FUTEX_WAIT, tid, 0, 0);
        }
    }

    private int tid() {
        return (int) INT.getVolatile(memory, ChildCode.PID);
    }

    /**
     * What has become of it.
     *
     * @return its pid; empty where the C library has to do it
     */
    OptionalInt end(SpawnRequest request, int pid) throws ErrnoException {
        int last = end - ChildCode.STEP_BYTES;
        if (result(last) == ChildCode.NOT_REACHED && result(last - ChildCode.STEP_BYTES) == 0) {
            return OptionalInt.of(pid);
        }
        ChildScript.reap(pid);
        if (isUnknown(result(unshare))) {
            supported = false;
            return OptionalInt.empty();
        }
        throw failed(request, firstError());
    }

    private static boolean isUnknown(long result) {
        return result == -Errno.ENOSYS.number() || result == -Errno.EINVAL.number() || result == -Errno.EPERM.number();
    }

    private static ErrnoException failed(SpawnRequest request, long errno) {
        return new ErrnoException("posix_spawn(" + request.path() + ")", Errno.of((int) errno));
    }

    private long firstError() {
        for (int at = unshare; at < end; at += ChildCode.STEP_BYTES) {
            long result = result(at);
            if (result < 0 && result != ChildCode.NOT_REACHED && memory.getInt(at + ChildCode.STEP_FLAGS) == 0) {
                return -result;
            }
        }
        return Errno.EINTR.number(); // it was killed
    }

    private long result(int step) {
        return memory.getLong(step + ChildCode.RESULT);
    }

    private void prepare(List<Inherited> inherited, ExecStrings strings) {
        int above = Fd.STDERR;
        int sources = Fd.STDERR;
        for (Inherited one : inherited) {
            above = Math.max(above, one.number());
            sources = Math.max(sources, one.source().number());
        }
        int steps = inherited.size() + above + 4;
        int needed = constant + steps * ChildCode.STEP_BYTES + strings.size();
        if (needed > memory.capacity()) {
            allocate(2 * needed);
        }
        unshare = constant;
        end = constant;
        add(SystemCall.CLOSE_RANGE, 0, Math.max(above, sources) + 1L, ALL_ABOVE, CLOSE_RANGE_UNSHARE, 0);
        for (Inherited one : inherited) {
            int source = one.source().number();
            if (source == one.number()) {
                add(SystemCall.FCNTL, 0, source, F_SETFD, 0, 0);
            } else {
                add(SystemCall.DUP2, 0, source, one.number(), 0, 0);
            }
        }
        for (int number = Fd.STDERR + 1; number < above; number++) {
            if (!isTarget(inherited, number)) {
                add(SystemCall.CLOSE, ChildCode.MAY_FAIL, number, 0, 0, 0);
            }
        }
        // Ours are close-on-exec, but the JVM and its libraries open descriptors too.
        add(SystemCall.CLOSE_RANGE, 0, above + 1L, ALL_ABOVE, 0, 0);
        add(SystemCall.RT_SIGPROCMASK, 0, SIG_SETMASK, zeros, 0, SIGSET_BYTES);
        int text = end + ChildCode.STEP_BYTES;
        ExecStrings.Written written = strings.write(memory, text, address + text);
        add(SystemCall.EXECVE, 0, written.path(), written.argv(), written.environment(), 0);
    }

    private static boolean isTarget(List<Inherited> inherited, int number) {
        for (Inherited one : inherited) {
            if (one.number() == number) {
                return true;
            }
        }
        return false;
    }

    /** Takes new memory, and writes what is the same each time: how, a process group of its own, and default dispositions. */
    private void allocate(int bytes) {
        memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        frame = Pointer.wrap(Native.RUNTIME, memory);
        address = frame.address();
        memory.putLong(ChildCode.BLOCKED, ChildCode.ALL_BUT_SIGCHLD);
        zeros = address + ChildCode.ROOM;
        long flags = CLONE_VM | CLONE_FILES | (waits ? CLONE_VFORK : CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID);
        if (clearing) {
            int arguments = ChildCode.STEPS - CLONE_ARGS_BYTES;
            memory.putLong(arguments, flags | CLONE_CLEAR_SIGHAND);
            memory.putLong(arguments + CLONE_ARGS_CHILD_TID, address + ChildCode.PID);
            memory.putLong(arguments + CLONE_ARGS_PARENT_TID, address + ChildCode.PID);
            memory.putLong(arguments + CLONE_ARGS_SIGNAL, SIGCHLD);
            memory.putLong(ChildCode.CALL, SystemCall.CLONE3.number());
            memory.putLong(ChildCode.FIRST, address + arguments);
            memory.putLong(ChildCode.SECOND, CLONE_ARGS_BYTES);
        } else {
            memory.putLong(ChildCode.CALL, SystemCall.CLONE.number());
            memory.putLong(ChildCode.FIRST, flags | SIGCHLD);
        }
        end = ChildCode.STEPS;
        add(SystemCall.SETPGID, 0, 0, 0, 0, 0);
        long changed = clearing ? ProcessState.ignoredSignals() : ALL_SIGNALS;
        for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
            if ((changed >>> (signal - 1) & 1) != 0) {
                add(
                        SystemCall.RT_SIGACTION,
                        ChildCode.MAY_FAIL,
                        signal,
                        zeros,
                        0,
                        SIGSET_BYTES); // not of KILL and STOP
            }
        }
        constant = end;
    }

    private void add(SystemCall call, int flags, long a, long b, long c, long d) {
        int arguments = end + ChildCode.ARGUMENTS;
        memory.putInt(end, call.number());
        memory.putInt(end + ChildCode.STEP_FLAGS, flags);
        memory.putLong(arguments, a);
        memory.putLong(arguments + Long.BYTES, b);
        memory.putLong(arguments + 2 * Long.BYTES, c);
        memory.putLong(arguments + 3 * Long.BYTES, d);
        memory.putLong(end + ChildCode.RESULT, ChildCode.NOT_REACHED);
        end += ChildCode.STEP_BYTES;
    }
}
