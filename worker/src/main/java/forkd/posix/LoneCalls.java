package forkd.posix;

import static forkd.posix.Native.LONE_LIBC;

import jnr.ffi.Pointer;

/**
 * What a worker asks of the kernel between its fork and its handler, for a process with a single thread, on x86_64. All of it goes
 * through one function, syscall(2): the C library's own functions for these calls lie all over its code, and a worker that has just been
 * forked has the kernel look up every piece of code that it is the first to use. For the same reason the numbers are constants of the
 * compiler, and not objects as {@link SystemCall}'s are. Allocates nothing. -1 is a failure, and
 * {@link Native#loneErrno} tells why; nothing is tried again.
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

    private LoneCalls() {}

    /** open(2). */
    static int open(Pointer path, int flags) {
        return (int) call(SYS_OPEN, path.address(), flags, 0);
    }

    /** close(2). */
    static int close(int fd) {
        return (int) call(SYS_CLOSE, fd, 0, 0);
    }

    /** fstat(2). */
    static int fstat(int fd, Pointer stat) {
        return (int) call(SYS_FSTAT, fd, stat.address(), 0);
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
    static long sendmsg(int fd, Pointer message, int flags) {
        return call(SYS_SENDMSG, fd, message.address(), flags);
    }

    /** recvmsg(2). Blocks. */
    static long recvmsg(int fd, Pointer message, int flags) {
        return call(SYS_RECVMSG, fd, message.address(), flags);
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
    static long getrandom(Pointer buffer, long length) {
        return call(SYS_GETRANDOM, buffer.address(), length, 0);
    }

    private static long call(long number, long a, long b, long c) {
        return LONE_LIBC.syscall(number, a, b, c, 0, 0);
    }
}
