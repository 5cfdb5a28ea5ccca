package forkd.posix;

import com.kenai.jffi.MemoryIO;

/** The few calls of {@link Posix} that a worker of the pool needs, made without JNR: {@link PlainCalls}. */
public final class PlainProcess {
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;
    private static final int AF_UNIX = 1;
    private static final int SOCK_CLOEXEC = 0x80000;

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

    /** fcntl(2) with F_DUPFD_CLOEXEC: another descriptor of the same file, far above those that have a meaning. */
    public static int duplicate(int fd) throws ErrnoException {
        return duplicate(fd, 64);
    }

    /** The same with the lowest free number that is not below another. */
    public static int duplicate(int fd, int least) throws ErrnoException {
        final int command = 1030; // F_DUPFD_CLOEXEC
        int copy = PlainCalls.callInt("fcntl", fd, command, least);
        if (copy < 0) {
            throw PlainCalls.failed("fcntl", fd);
        }
        return copy;
    }

    /** fcntl(2) with FD_CLOEXEC: programs that this process starts do not get it. */
    public static void closeOnExec(int fd) throws ErrnoException {
        final int command = 2; // F_SETFD
        if (PlainCalls.callInt("fcntl", fd, command, 1) < 0) {
            throw PlainCalls.failed("fcntl", fd);
        }
    }

    /** socketpair(2) of AF_UNIX: two connected sockets, close-on-exec and the caller's. */
    public static int[] socketpair(SocketType type) throws ErrnoException {
        MemoryIO memory = PlainCalls.memory();
        long both = memory.allocateMemory(Long.BYTES, true);
        try {
            if ((int) PlainCalls.call("socketpair", AF_UNIX, type.number() | SOCK_CLOEXEC, 0, both) < 0) {
                throw PlainCalls.failed("socketpair", type);
            }
            return new int[] {memory.getInt(both), memory.getInt(both + Integer.BYTES)};
        } finally {
            memory.freeMemory(both);
        }
    }

    /** shutdown(2) with SHUT_WR: the peer reads the end of file behind what was sent. */
    public static void shutdownOutput(int socket) throws ErrnoException {
        if (PlainCalls.callInt("shutdown", socket, SHUT_WR, 0) < 0) {
            throw PlainCalls.failed("shutdown", socket);
        }
    }

    /** shutdown(2) both ways: whoever still reads from a copy of it reads the end of file. That it has no peer is no error. */
    public static void shutdown(int socket) throws ErrnoException {
        if (PlainCalls.callInt("shutdown", socket, SHUT_RDWR, 0) < 0) {
            ErrnoException failure = PlainCalls.failed("shutdown", socket);
            if (failure.errno() != Errno.ENOTCONN) {
                throw failure;
            }
        }
    }

    /** Whether nobody holds the other end of a pipe any more: poll(2) with POLLHUP. Does not block. */
    public static boolean isHungUp(int pipe) throws ErrnoException {
        final int hangUp = 16; // POLLHUP
        final int result = 6; // struct pollfd: fd, events, revents
        long entry = PlainCalls.memory().allocateMemory(Long.BYTES, true);
        try {
            PlainCalls.memory().putInt(entry, pipe);
            if (PlainCalls.callInt("poll", entry, 1, 0) < 0) {
                throw PlainCalls.failed("poll", pipe);
            }
            return (PlainCalls.memory().getShort(entry + result) & hangUp) != 0;
        } finally {
            PlainCalls.memory().freeMemory(entry);
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
