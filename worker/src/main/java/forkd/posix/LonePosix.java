package forkd.posix;

/**
 * Calls that a worker makes between its fork and its handler, as in {@link Posix}, but for a process with a single thread: see
 * {@link LoneCalls}.
 */
public final class LonePosix {
    private LonePosix() {}

    /** int setpgid(0, 0); setpgid(2): this process leads a process group of its own. */
    public static void setProcessGroup() throws ErrnoException {
        if (LoneCalls.setpgid(0, 0) < 0) {
            throw Native.loneFailed("setpgid", "0, 0");
        }
    }

    /** As {@link Posix#dup2}. */
    public static void dup2(int source, int number) throws ErrnoException {
        int fd;
        do {
            fd = LoneCalls.dup2(source, number);
        } while (fd < 0 && Native.loneErrno() == Errno.EINTR.number());
        if (fd < 0) {
            throw Native.loneFailed("dup2", source + ", " + number);
        }
    }
}
