package forkd.posix;

import jnr.ffi.Pointer;

/**
 * What a worker asks of the kernel between its fork and its handler, for a process with a single thread, on x86_64: each is a
 * {@link RawCall}. The numbers are constants of the compiler, and not objects as {@link SystemCall}'s are, for the same reason. Allocates
 * nothing. -errno is a failure; nothing is tried again.
 */
final class LoneCalls {
    private static final long SYS_OPEN = 2;
    private static final long SYS_CLOSE = 3;
    private static final long SYS_FSTAT = 5;
    private static final long SYS_LSEEK = 8;
    private static final long SYS_DUP2 = 33;
    private static final long SYS_SENDMSG = 46;
    private static final long SYS_RECVMSG = 47;
    private static final long SYS_SETPGID = 109;
    private static final long SYS_PRCTL = 157;
    private static final long SYS_DUP3 = 292;
    private static final long SYS_GETRANDOM = 318;

    private static final RawCall CALL = RawCall.inWorkerPages();

    private LoneCalls() {}

    /** What a failure is told as. */
    static ErrnoException failed(String call, Object on, long answer) {
        return new ErrnoException(call + "(" + on + ")", Errno.of((int) -answer));
    }

    /** open(2). */
    static int open(Pointer path, int flags) {
        return (int) call(SYS_OPEN, path.address(), flags, 0);
    }

    /** close(2). */
    static int close(int fd) {
        return (int) call(SYS_CLOSE, fd, 0, 0);
    }

    /** fstat(2). */
    static int fstat(int fd, long stat) {
        return (int) call(SYS_FSTAT, fd, stat, 0);
    }

    /** lseek(2). */
    static long lseek(int fd, long offset, int whence) {
        return call(SYS_LSEEK, fd, offset, whence);
    }

    /** dup2(2). */
    static int dup2(int from, int to) {
        return (int) call(SYS_DUP2, from, to, 0);
    }

    /** dup3(2). */
    static int dup3(int from, int to, int flags) {
        return (int) call(SYS_DUP3, from, to, flags);
    }

    /** sendmsg(2). */
    static long sendmsg(int fd, long message, int flags) {
        return call(SYS_SENDMSG, fd, message, flags);
    }

    /** recvmsg(2). Blocks. */
    static long recvmsg(int fd, long message, int flags) {
        return call(SYS_RECVMSG, fd, message, flags);
    }

    /** setpgid(2). */
    static int setpgid(int pid, int group) {
        return (int) call(SYS_SETPGID, pid, group, 0);
    }

    /** prctl(2) with an option of one argument. */
    static int prctl(int option, long argument) {
        return (int) call(SYS_PRCTL, option, argument, 0);
    }

    /** getrandom(2). */
    static long getrandom(long buffer, long length) {
        return call(SYS_GETRANDOM, buffer, length, 0);
    }

    private static long call(long number, long a, long b, long c) {
        return CALL.call(number, a, b, c);
    }
}
