package forkd.posix;

/**
 * Calls that a worker makes between its fork and its handler, as in {@link Posix}, but for a process with a single thread: see
 * {@link LoneCalls}.
 */
public final class LonePosix {
    private LonePosix() {}

    /** int setpgid(0, 0); setpgid(2): this process leads a process group of its own. */
    public static void setProcessGroup() throws ErrnoException {
        int answer = LoneCalls.setpgid(0, 0);
        if (answer < 0) {
            throw LoneCalls.failed("setpgid", "0, 0", answer);
        }
    }

    /** As {@link Posix#dup2}. */
    public static void dup2(int source, int number) throws ErrnoException {
        int fd;
        do {
            fd = LoneCalls.dup2(source, number);
        } while (fd == -Errno.EINTR.number());
        if (fd < 0) {
            throw LoneCalls.failed("dup2", source + ", " + number, fd);
        }
    }

    /** close(2) of a descriptor that a fork has inherited and that has no owner in this process. Allocates nothing. */
    public static void closeInherited(int fd) {
        LoneCalls.close(fd);
    }
}
