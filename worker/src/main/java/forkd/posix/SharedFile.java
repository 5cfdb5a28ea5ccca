package forkd.posix;

import static forkd.posix.Native.LIBC;

import jnr.ffi.Pointer;

/**
 * An open regular file of a process that will be forked. The copies of its descriptor share one offset; {@link #reopen} gives
 * the calling process an offset of its own.
 */
public final class SharedFile {
    private static final int F_GETFL = 3;
    private static final int F_GETFD = 1;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int FD_CLOEXEC = 1;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    /** O_CREAT, O_EXCL and O_TRUNC are not among what F_GETFL reports; the access mode and the status flags are. */
    private static final int OPEN_FLAGS = 0x3 | 0x400 | 0x800; // O_ACCMODE, O_APPEND, O_NONBLOCK

    private final int number;
    private final int flags;
    private final int closeOnExec;
    private final long offset;
    private final Pointer path;

    /**
     * Notes how the file is open; before the fork.
     *
     * @param number the descriptor
     */
    public SharedFile(int number) throws ErrnoException {
        this.number = number;
        int status = LIBC.fcntl(number, F_GETFL, 0);
        int descriptor = LIBC.fcntl(number, F_GETFD, 0);
        if (status < 0 || descriptor < 0) {
            throw Native.failed("fcntl", number);
        }
        this.flags = (status & OPEN_FLAGS) | O_CLOEXEC;
        this.closeOnExec = (descriptor & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0;
        this.offset = LIBC.lseek(number, 0, SEEK_CUR);
        this.path = Native.string("/proc/self/fd/" + number);
    }

    public int number() {
        return number;
    }

    /**
     * Whether a process reads from it. A file that is only written, as a log is, keeps the common offset: otherwise the copies
     * would write over each other.
     */
    public boolean isReadable() {
        return (flags & O_WRONLY) == 0;
    }

    /** open(2) through /proc/self/fd, lseek(2) and dup3(2) onto the same number: in the child. */
    public void reopen() throws ErrnoException {
        int fd = LIBC.open(path, flags, 0);
        if (fd < 0) {
            throw Native.failed("open", "/proc/self/fd/" + number);
        }
        if (offset > 0 && LIBC.lseek(fd, offset, SEEK_SET) < 0) {
            throw Native.failed("lseek", number);
        }
        if (LIBC.dup3(fd, number, closeOnExec) < 0) {
            throw Native.failed("dup3", fd + ", " + number);
        }
        LIBC.close(fd);
    }
}
