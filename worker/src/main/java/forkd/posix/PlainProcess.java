package forkd.posix;

/** The few calls of {@link Posix} that a worker of the pool needs, made without JNR: {@link PlainCalls}. */
public final class PlainProcess {
    private PlainProcess() {}

    /** pid_t getpid(void); getpid(2). */
    public static int getpid() {
        return PlainCalls.callInt("getpid", 0, 0, 0);
    }

    /** int dup2(int oldfd, int newfd); dup2(2). The copy is not close-on-exec. */
    public static void dup2(int from, int to) throws ErrnoException {
        if (PlainCalls.callInt("dup2", from, to, 0) < 0) {
            throw PlainCalls.failed("dup2", from + ", " + to);
        }
    }

    /** int close(int fd); close(2): of a descriptor that has no owner. Never repeated: after EINTR it is closed, too. */
    public static void close(int fd) throws ErrnoException {
        if ((int) PlainCalls.call("close", fd, 0, 0) < 0) {
            throw PlainCalls.failed("close", fd);
        }
    }

    /** As {@link Posix#hideFromItsUser}. */
    public static void hideFromItsUser() throws ErrnoException {
        final int setDumpable = 4; // PR_SET_DUMPABLE
        if (PlainCalls.callInt("prctl", setDumpable, 0, 0) < 0) {
            throw PlainCalls.failed("prctl", "PR_SET_DUMPABLE");
        }
    }
}
