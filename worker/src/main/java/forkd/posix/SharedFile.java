package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/**
 * An open regular file of a process that will be forked. The copies of its descriptor share one offset; {@link #reopen} gives
 * the calling process, which has one thread, an offset of its own.
 *
 * <p>It is opened by its path, and by way of /proc/self/fd only where another file has that path now, or none: a look into
 * /proc makes the kernel build entries for the new process, which have to be taken down at its end.
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

    private static final int STAT_BYTES = 144;
    /** struct stat begins with st_dev and st_ino, of 64 bits each. */
    private static final int INODE = 8;

    /** One for all: they are noted and opened one after the other, by one thread. */
    private static final ByteBuffer STAT = WorkerPages.buffer(STAT_BYTES);

    private static final long STAT_ADDRESS = Native.addressOf(STAT);

    private final int number;
    private final int flags;
    private final int closeOnExec;
    private final long offset;
    private final Pointer path;
    private final Pointer link;
    private final long device;
    private final long inode;

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
        String name = "/proc/self/fd/" + number;
        this.link = Native.string(name);
        this.path = Native.string(path(name));
        int answer = readStat(number);
        if (answer < 0) {
            throw LoneCalls.failed("fstat", number, answer);
        }
        this.device = STAT.getLong(0);
        this.inode = STAT.getLong(INODE);
    }

    private static String path(String link) {
        try {
            return new File(link).getCanonicalPath();
        } catch (IOException e) {
            return link; // it has no path any more
        }
    }

    private static int readStat(int fd) {
        return LoneCalls.fstat(fd, STAT_ADDRESS);
    }

    public int number() {
        return number;
    }

    /** In bytes, when it was noted. */
    public long offset() {
        return offset;
    }

    /**
     * Whether a process reads from it. A file that is only written, as a log is, keeps the common offset: otherwise the copies
     * would write over each other.
     */
    public boolean isReadable() {
        return (flags & O_WRONLY) == 0;
    }

    /** open(2), lseek(2) and dup3(2) onto the same number: in the child. */
    public void reopen() throws ErrnoException {
        int fd = LoneCalls.open(path, flags);
        if (fd >= 0 && !(readStat(fd) == 0 && STAT.getLong(0) == device && STAT.getLong(INODE) == inode)) {
            LoneCalls.close(fd);
            fd = -1;
        }
        if (fd < 0) {
            fd = LoneCalls.open(link, flags);
        }
        if (fd < 0) {
            throw LoneCalls.failed("open", "/proc/self/fd/" + number, fd);
        }
        long answer = offset > 0 ? LoneCalls.lseek(fd, offset, SEEK_SET) : 0;
        if (answer < 0) {
            throw LoneCalls.failed("lseek", number, answer);
        }
        answer = LoneCalls.dup3(fd, number, closeOnExec);
        if (answer < 0) {
            throw LoneCalls.failed("dup3", fd + ", " + number, answer);
        }
        LoneCalls.close(fd);
    }
}
