package forkd.posix;

import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * Calls of the C library for a process with a single thread, whose errno nobody else changes. After such a call JNR does not
 * put errno away into memory of its own: in a stem that would be one more page to be copied after every fork, in a part of
 * the heap that otherwise stays as it is. {@link Native#loneErrno} reads errno where the C library has it.
 *
 * <p>Public only because JNR implements it in a class loader of its own.
 */
public interface LoneLibC {
    @ssize_t
    long sendmsg(int fd, Pointer message, int flags);

    @ssize_t
    long recvmsg(int fd, Pointer message, int flags);

    int close(int fd);

    int dup2(int from, int to);

    int dup3(int from, int to, int flags);

    int open(Pointer path, int flags, int mode);

    long lseek(int fd, long offset, int whence);

    int setpgid(int pid, int group);

    int prctl(int option, long a, long b, long c, long d);

    @ssize_t
    long getrandom(Pointer buffer, @size_t long length, int flags);

    /** As {@link LibC#syscall}. */
    long syscall(long number, long a, long b, long c, long d, long ignored);

    /** The place of the calling thread's errno: errno(3). */
    long __errno_location();

    /**
     * mmap(2). The last argument does not exist: with six integers it would meet the error that {@link LibC#syscall}
     * describes.
     */
    long mmap(long address, @size_t long length, int protection, int flags, int fd, long offset, long ignored);
}
