package forkd.posix;

import jnr.ffi.types.size_t;

/**
 * Calls of the C library for a process with a single thread, whose errno nobody else changes. After such a call JNR does not
 * put errno away into memory of its own: in a stem that would be one more page to be copied after every fork, in a part of
 * the heap that otherwise stays as it is. {@link Native#loneErrno} reads errno where the C library has it.
 *
 * <p>Public only because JNR implements it in a class loader of its own.
 */
public interface LoneLibC {
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
