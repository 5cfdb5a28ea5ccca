package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import jnr.ffi.Pointer;

/**
 * The list of system calls that prepares one child and ends in execve(2) or exit_group(2); {@link ChildCode} runs it. All that
 * a call points to is native memory that lives as long as this object.
 *
 * <p>The child shares this process's memory until it executes its program (CLONE_VM), so nothing is copied, and the caller
 * waits for that moment (CLONE_VFORK). It has its own descriptors, signal dispositions, working directory and credentials.
 * Once it has become another user, processes of that user may send it signals; SIGSTOP would have the caller wait, which
 * {@link SpawnWatch} ends.
 */
final class ChildScript {
    private static final int CLONE_VM = 0x100;
    private static final int CLONE_VFORK = 0x4000;
    private static final int CLONE_PARENT_SETTID = 0x100000;
    private static final int SIGCHLD = 17;

    private final List<Step> steps = new ArrayList<>();
    private final List<Object> kept = new ArrayList<>();

    private record Step(String name, SystemCall call, int flags, List<Long> arguments) {}

    /** @param name for the message, where it fails */
    ChildScript then(String name, SystemCall call, long... arguments) {
        return add(name, call, 0, arguments);
    }

    /** A call of which it does not matter whether it fails. */
    ChildScript thenTry(SystemCall call, long... arguments) {
        return add("", call, ChildCode.MAY_FAIL, arguments);
    }

    /** A call whose result is the first argument of the next one, which is given as 0 there. */
    ChildScript thenPass(String name, SystemCall call, long... arguments) {
        return add(name, call, ChildCode.PASS, arguments);
    }

    private ChildScript add(String name, SystemCall call, int flags, long... arguments) {
        steps.add(new Step(name, call, flags, LongStream.of(arguments).boxed().toList()));
        return this;
    }

    /** Keeps memory that the calls point to. @return its address */
    long keep(Pointer memory) {
        keepAlive(memory);
        return memory.address();
    }

    /** Keeps whatever owns memory that the calls point to. */
    void keepAlive(Object owner) {
        kept.add(owner);
    }

    /** The addresses of a copy. */
    ExecStrings.Written keep(ExecStrings strings) {
        ByteBuffer block = ByteBuffer.allocateDirect(strings.size()).order(ByteOrder.nativeOrder());
        keepAlive(block);
        return strings.write(block, 0, Pointer.wrap(Native.RUNTIME, block).address());
    }

    /** The address of a NUL-terminated copy. */
    long keep(String text) {
        return keep(Native.string(text));
    }

    /**
     * Makes the child. Blocks until it has executed its program, or has ended.
     *
     * @return its pid
     * @throws ErrnoException the first call that failed; the child has ended then and has been reaped
     */
    int run() throws ErrnoException {
        try {
            Pointer frame = frame();
            long pid = spawn(frame);
            check(frame, (int) pid);
            return (int) pid;
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    private static long spawn(Pointer frame) throws ErrnoException {
        try (SpawnWatch.Watched watched = SpawnWatch.watch(frame)) {
            long pid = ChildCode.spawn(frame);
            if (pid < 0) {
                throw new ErrnoException("clone", Errno.of((int) -pid));
            }
            return pid;
        }
    }

    /** The last call does not return where all went well. */
    private void check(Pointer frame, int pid) throws ErrnoException {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            long result = frame.getLong(at(i) + ChildCode.RESULT);
            if (result == ChildCode.NOT_REACHED && i < steps.size() - 1) {
                reap(pid);
                throw new ErrnoException(step.name, Errno.EINTR); // it was killed
            }
            if (result < 0 && result != ChildCode.NOT_REACHED && step.flags != ChildCode.MAY_FAIL) {
                reap(pid);
                throw new ErrnoException(step.name, Errno.of((int) -result));
            }
        }
    }

    private Pointer frame() {
        Pointer frame = Native.allocate((int) at(steps.size()));
        frame.putLong(ChildCode.CALL, SystemCall.CLONE.number());
        frame.putLong(ChildCode.FIRST, CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD);
        frame.putLong(ChildCode.BLOCKED, ChildCode.ALL_BUT_SIGCHLD);
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            frame.putInt(at(i), step.call.number());
            frame.putInt(at(i) + ChildCode.STEP_FLAGS, step.flags);
            for (int argument = 0; argument < step.arguments.size(); argument++) {
                frame.putLong(at(i) + ChildCode.ARGUMENTS + (long) Long.BYTES * argument, step.arguments.get(argument));
            }
            frame.putLong(at(i) + ChildCode.RESULT, ChildCode.NOT_REACHED);
        }
        return frame;
    }

    private static long at(int step) {
        return ChildCode.STEPS + (long) ChildCode.STEP_BYTES * step;
    }

    /** As posix_spawn(3) does with a child that could not execute its program. The launcher's reaper may have been faster. */
    static void reap(int pid) {
        Pointer status = Native.scratch();
        int ended;
        do {
            ended = LIBC.waitpid(pid, status, 0);
        } while (ended < 0 && Native.interrupted());
    }
}
