package forkd.posix;

import static forkd.posix.Native.LIBC;

import jnr.ffi.Pointer;

/**
 * ptrace(2) of the threads of a child: stops them, reads their registers, lets them go. The kernel ties a tracer to its
 * thread: all methods are called on the thread that seized.
 *
 * <p>A stopped thread is reported by waitpid(2) to any thread of the tracer's process. So while this is used nobody else
 * may take stati away.
 */
public final class Tracer {
    private static final long PTRACE_GETREGS = 12;
    private static final long PTRACE_DETACH = 17;
    private static final long PTRACE_SEIZE = 0x4206;
    private static final long PTRACE_INTERRUPT = 0x4207;
    private static final int WALL = 0x40000000;

    private final Pointer registers = Native.allocate(ThreadImage.REGISTERS_BYTES);
    private final Pointer status = Native.allocate(Integer.BYTES);

    /**
     * PTRACE_SEIZE, PTRACE_INTERRUPT and the wait for the stop. Blocks until the kernel has stopped the thread, which does
     * not depend on what it does.
     *
     * @throws ErrnoException EPERM where tracing is not allowed, ESRCH where the thread has ended
     */
    public void stop(int tid) throws ErrnoException {
        call("PTRACE_SEIZE", PTRACE_SEIZE, tid, 0);
        call("PTRACE_INTERRUPT", PTRACE_INTERRUPT, tid, 0);
        int stopped;
        do {
            stopped = LIBC.waitpid(tid, status, WALL);
        } while (stopped < 0 && Native.interrupted());
        if (stopped < 0) {
            throw Native.failed("waitpid", tid);
        }
        if (!new WaitStatus(status.getInt(0)).stopped()) {
            throw new ErrnoException("ptrace(PTRACE_INTERRUPT, " + tid + ")", Errno.ESRCH);
        }
    }

    /** PTRACE_GETREGS of a stopped thread: struct user_regs_struct. */
    public byte[] registers(int tid) throws ErrnoException {
        call("PTRACE_GETREGS", PTRACE_GETREGS, tid, registers.address());
        byte[] bytes = new byte[ThreadImage.REGISTERS_BYTES];
        registers.get(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** PTRACE_DETACH: the thread goes on where it was. A thread that has ended meanwhile needs nothing. */
    public void release(int tid) throws ErrnoException {
        if (LIBC.ptrace(PTRACE_DETACH, tid, 0, 0) < 0) {
            Errno errno = Native.errno();
            if (errno != Errno.ESRCH) {
                throw new ErrnoException("ptrace(PTRACE_DETACH, " + tid + ")", errno);
            }
        }
    }

    private static void call(String name, long request, int tid, long data) throws ErrnoException {
        if (LIBC.ptrace(request, tid, 0, data) < 0) {
            throw Native.failed("ptrace", name + ", " + tid);
        }
    }
}
