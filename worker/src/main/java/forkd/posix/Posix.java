package forkd.posix;

import static forkd.posix.Native.LIBC;
import static forkd.posix.WaitId.WNOHANG;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import jnr.ffi.Pointer;

/**
 * The one door to the kernel: one method a system call; those of sockets are in {@link Sockets}. Every method retries EINTR, takes errno right after the call
 * and throws it as {@link ErrnoException}. Descriptors are close-on-exec from birth. Any thread may call any method,
 * except where a method says otherwise.
 */
public final class Posix {
    public static final int PR_SET_NAME = 15;

    private static final int PR_SET_DUMPABLE = 4;

    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int X_OK = 1;
    private static final int POLLIN = 1;
    private static final int POLLHUP = 16;

    private Posix() {}

    /**
     * Begins to load what all calls need, on a thread of its own that ends when it is done; a good part of a
     * start's work. The first call waits for the rest of it. Does not block.
     */
    public static void loadAhead() {
        Thread loader = new Thread(Native::scratch, "posix loader");
        loader.setDaemon(true);
        // What it meets the first call meets, too, and whoever made that can tell the user.
        loader.setUncaughtExceptionHandler((thread, failure) -> {});
        loader.start();
    }

    /**
     * ssize_t read(int fd, void *buf, size_t count); read(2). Blocks until there is something, the end, or an error;
     * {@link Sockets#shutdown} of the socket unblocks it.
     *
     * @return how many bytes were read, at least 1, or -1 at the end of file
     */
    public static int read(Fd fd, byte[] buffer, int offset, int count) throws ErrnoException {
        if (count == 0) {
            return 0;
        }
        Pointer memory = Native.buffer(count);
        long n;
        do {
            n = LIBC.read(fd.number(), memory, count);
        } while (n < 0 && Native.interrupted());
        if (n < 0) {
            throw Native.failed("read", fd);
        }
        memory.get(0, buffer, offset, (int) n);
        return n == 0 ? -1 : (int) n;
    }

    /** poll(2) with no wait of the read end of a pipe: whether it is empty and nobody holds the other end. */
    public static boolean isAtEnd(Fd pipe) throws ErrnoException {
        int events = pollNow(pipe);
        return (events & POLLHUP) != 0 && (events & POLLIN) == 0;
    }

    /**
     * fcntl(2) with F_SETFL and O_NONBLOCK, of a descriptor that only reads. The other end of a pipe is another open file and
     * stays as it is.
     */
    public static void setNonBlocking(Fd fd) throws ErrnoException {
        final int setFlags = 4;
        if (LIBC.fcntl(fd.number(), setFlags, O_NONBLOCK) < 0) { // the number of O_NONBLOCK
            throw Native.failed("fcntl", fd);
        }
    }

    /**
     * read(2) of what is there, from a descriptor that does not block ({@link #setNonBlocking}). To ask poll(2) first would not
     * do: somebody else who reads may be quicker.
     *
     * @return how many bytes were read; 0 where there are none now (EAGAIN), -1 at the end of file
     */
    public static int readNow(Fd fd, byte[] buffer) throws ErrnoException {
        Pointer memory = Native.buffer(buffer.length);
        long n;
        do {
            n = LIBC.read(fd.number(), memory, buffer.length);
        } while (n < 0 && Native.interrupted());
        if (n < 0) {
            Errno errno = Native.errno();
            if (errno == Errno.EAGAIN) {
                return 0;
            }
            throw new ErrnoException("read(" + fd + ")", errno);
        }
        memory.get(0, buffer, 0, (int) n);
        return n == 0 ? -1 : (int) n;
    }

    private static int pollNow(Fd fd) throws ErrnoException {
        final int events = Integer.BYTES;
        final int answer = events + Short.BYTES;
        Pointer entry = Native.scratch();
        entry.putInt(0, fd.number());
        entry.putShort(events, (short) POLLIN);
        entry.putShort(answer, (short) 0);
        int ready;
        do {
            ready = LIBC.poll(entry, 1, 0);
        } while (ready < 0 && Native.interrupted());
        if (ready < 0) {
            throw Native.failed("poll", fd);
        }
        return entry.getShort(answer);
    }

    /** ssize_t write(int fd, const void *buf, size_t count); write(2), repeated until all is written. May block. */
    public static void write(Fd fd, byte[] buffer, int offset, int count) throws ErrnoException {
        Pointer memory = Native.buffer(count);
        memory.put(0, buffer, offset, count);
        int done = 0;
        while (done < count) {
            long n = LIBC.write(fd.number(), memory.slice(done), count - done);
            if (n < 0) {
                if (Native.interrupted()) {
                    continue;
                }
                throw Native.failed("write", fd);
            }
            done += (int) n;
        }
    }

    /** int close(int fd); close(2). Package-private: outside, an {@link Fd} closes itself. */
    static void closeNumber(int fd) {
        LIBC.close(fd);
    }

    /** int open(const char *pathname, int flags) with O_RDWR; open(2). The caller owns the file, close-on-exec. */
    public static Fd open(String path) throws ErrnoException {
        final int readWrite = 2;
        int fd = LIBC.open(Native.string(path), readWrite | O_CLOEXEC, 0);
        if (fd < 0) {
            throw Native.failed("open", path);
        }
        return new Fd(fd);
    }

    /** open(2) of a folder to read, O_DIRECTORY. The caller owns it, close-on-exec. */
    public static Fd openFolder(String path) throws ErrnoException {
        final int folder = 0200000;
        int fd = LIBC.open(Native.string(path), folder | O_CLOEXEC, 0);
        if (fd < 0) {
            throw Native.failed("open", path);
        }
        return new Fd(fd);
    }

    /**
     * int flock(int fd, int operation) with LOCK_EX and LOCK_NB; flock(2). The lock ends when the descriptor is closed.
     *
     * @return false where somebody else has it
     */
    public static boolean tryLock(Fd fd) throws ErrnoException {
        final int exclusive = 2;
        final int nonBlocking = 4;
        if (Native.files().flock(fd.number(), exclusive | nonBlocking) == 0) {
            return true;
        }
        if (Native.errno() == Errno.EAGAIN) {
            return false;
        }
        throw Native.failed("flock", fd);
    }

    /** fcntl(2) with F_DUPFD_CLOEXEC: another descriptor, 3 or above, for the same file. The caller owns it. */
    public static Fd duplicate(int number) throws ErrnoException {
        return duplicate(number, Fd.STDERR + 1);
    }

    /** The same with the first free number at or above a given one. */
    public static Fd duplicate(int number, int lowest) throws ErrnoException {
        final int duplicateCloseOnExec = 1030;
        int fd = LIBC.fcntl(number, duplicateCloseOnExec, lowest);
        if (fd < 0) {
            throw Native.failed("fcntl", number);
        }
        return new Fd(fd);
    }

    /** int dup3(int oldfd, int newfd, int flags); dup(2). The new number is close-on-exec and the caller's. */
    public static Fd dup3(Fd source, int number) throws ErrnoException {
        int fd;
        do {
            fd = LIBC.dup3(source.number(), number, O_CLOEXEC);
        } while (fd < 0 && Native.interrupted());
        if (fd < 0) {
            throw Native.failed("dup3", source + ", " + number);
        }
        return new Fd(fd);
    }

    /**
     * int dup2(int oldfd, int newfd); dup(2). The new number is not close-on-exec: it is one of the standard ones, which
     * programs that this process executes inherit. What it led to before is closed.
     */
    public static void dup2(int source, int number) throws ErrnoException {
        int fd;
        do {
            fd = LIBC.dup2(source, number);
        } while (fd < 0 && Native.interrupted());
        if (fd < 0) {
            throw Native.failed("dup2", source + ", " + number);
        }
    }

    /** int pipe2(int pipefd[2], int flags); pipe(2). The caller owns both ends; they block. */
    public static Pipe pipe() throws ErrnoException {
        Pointer pair = Native.scratch();
        if (LIBC.pipe2(pair, O_CLOEXEC) < 0) {
            throw Native.failed("pipe2", "");
        }
        return new Pipe(new Fd(pair.getInt(0)), new Fd(pair.getInt(Integer.BYTES)));
    }

    /**
     * int posix_spawn(pid_t *pid, const char *path, ...); posix_spawn(3). Blocks until the new program runs or has failed
     * to start (the child's exec is waited for), so a command that cannot be executed is an exception here and no child.
     *
     * <p>Where the machine can, a child of our own does the same: {@link DirectSpawn}; and more, where the request has a
     * confinement: {@link ConfinedSpawn}.
     *
     * @return the pid; the caller has to see to it that it is waited for
     */
    public static int spawn(SpawnRequest request) throws ErrnoException {
        if (!request.confinement().isNone()) {
            return ConfinedSpawn.spawn(request);
        }
        OptionalInt pid = DirectSpawn.spawn(request);
        return pid.isPresent() ? pid.getAsInt() : spawnByLibrary(request);
    }

    /** The C library's. */
    static int spawnByLibrary(SpawnRequest request) throws ErrnoException {
        try (SpawnArguments arguments = new SpawnArguments(request)) {
            int error = arguments.spawn();
            if (error != 0) {
                throw new ErrnoException("posix_spawn(" + request.path() + ")", Errno.of(error));
            }
            return arguments.pid();
        }
    }

    /**
     * pid_t waitpid(pid_t pid, int *wstatus, int options) with WNOHANG; wait(2). Does not block. The launcher's reaper is
     * its only caller, since whoever takes an exit status takes it from everybody else.
     *
     * @param pid a child, or -1 for any
     * @return empty while it lives, or where there is no such child (ECHILD)
     */
    public static Optional<EndedProcess> waitpid(int pid) throws ErrnoException {
        Pointer status = Native.scratch();
        int ended;
        do {
            ended = LIBC.waitpid(pid, status, WNOHANG);
        } while (ended < 0 && Native.interrupted());
        if (ended < 0) {
            Errno errno = Native.errno();
            if (errno == Errno.ECHILD) {
                return Optional.empty();
            }
            throw new ErrnoException("waitpid(" + pid + ")", errno);
        }
        return ended == 0 ? Optional.empty() : Optional.of(new EndedProcess(ended, new WaitStatus(status.getInt(0))));
    }

    /**
     * int kill(pid_t pid, int sig); kill(2).
     *
     * @param pid a process, or the negative of a process group
     * @return false where there is no such process any more (ESRCH)
     */
    public static boolean kill(int pid, Signal signal) throws ErrnoException {
        if (LIBC.kill(pid, signal.number()) == 0) {
            return true;
        }
        Errno errno = Native.errno();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new ErrnoException("kill(" + pid + ", " + signal + ")", errno);
    }

    /** int prctl(int option, unsigned long arg2, ...); prctl(2), with numbers as arguments. */
    public static int prctl(int option, long a, long b, long c, long d) throws ErrnoException {
        int result = LIBC.prctl(option, a, b, c, d);
        if (result < 0) {
            throw Native.failed("prctl", option);
        }
        return result;
    }

    /** prctl(PR_SET_NAME): the name of the calling thread, cut at 15 bytes. */
    public static void setThreadName(String name) throws ErrnoException {
        prctl(PR_SET_NAME, Native.string(name).address(), 0, 0, 0);
    }

    /** Whether {@link #spawn} can confine on this machine. */
    public static boolean canConfine() {
        return MachineCode.isSupported();
    }

    /**
     * Tries a confinement in a child that does nothing else. Blocks until it has ended; to be called before anybody else waits
     * for children.
     *
     * @param execute files that the confined process has to be allowed to execute
     * @param read files and folders that it has to be allowed to open
     * @throws ErrnoException the first thing that cannot be done
     */
    public static void rehearse(Confinement confinement, List<String> execute, List<String> read)
            throws ErrnoException {
        int pid = ConfinedSpawn.rehearse(confinement, execute, read);
        Pointer status = Native.scratch();
        int ended;
        do {
            ended = LIBC.waitpid(pid, status, 0);
        } while (ended < 0 && Native.interrupted());
    }

    /** int getrlimit(int resource, struct rlimit *rlim); getrlimit(2). */
    public static ResourceLimit getrlimit(Resource resource) throws ErrnoException {
        Pointer both = Native.scratch();
        if (LIBC.getrlimit(resource.number(), both) < 0) {
            throw Native.failed("getrlimit", resource);
        }
        return new ResourceLimit(resource, both.getLong(0), both.getLong(Long.BYTES));
    }

    /** A limit of another process, by prlimit64(2). EPERM where it is somebody else's, ESRCH where it has ended. */
    public static ResourceLimit getrlimit(int pid, Resource resource) throws ErrnoException {
        Pointer both = Native.scratch();
        if (LIBC.syscall(SystemCall.PRLIMIT64.number(), pid, resource.number(), 0, both.address(), 0) < 0) {
            throw Native.failed("prlimit", pid);
        }
        return new ResourceLimit(resource, both.getLong(0), both.getLong(Long.BYTES));
    }

    /**
     * int setrlimit(int resource, const struct rlimit *rlim); getrlimit(2) of this process, by prlimit64(2).
     */
    public static void setrlimit(ResourceLimit limit) throws ErrnoException {
        Pointer both = Native.scratch();
        both.putLong(0, limit.soft());
        both.putLong(Long.BYTES, limit.hard());
        int resource = limit.resource().number();
        if (LIBC.syscall(SystemCall.PRLIMIT64.number(), 0, resource, both.address(), 0, 0) < 0) {
            throw Native.failed("setrlimit", limit);
        }
    }

    /**
     * prctl(PR_SET_DUMPABLE, 0): only root may trace this process and read its memory. It loses the right to write some of its
     * own files in /proc.
     */
    public static void hideFromItsUser() throws ErrnoException {
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }

    /** uid_t geteuid(void); getuid(2). */
    public static int geteuid() {
        return LIBC.geteuid();
    }

    /** pid_t getpid(void); getpid(2). */
    public static int getpid() {
        return LIBC.getpid();
    }

    /**
     * int clock_gettime(clockid_t clockid, struct timespec *tp) of another process; clock_getcpuclockid(3): the processor time
     * that all its threads have used, in nanoseconds. Empty where there is no such process any more.
     */
    public static OptionalLong cpuTime(int pid) throws ErrnoException {
        final int scheduled = 2; // CPUCLOCK_SCHED; the kernel's encoding of a process in a clock's number
        Pointer time = Native.scratch();
        if (LIBC.clock_gettime(~pid << 3 | scheduled, time) < 0) {
            Errno errno = Native.errno();
            if (errno == Errno.EINVAL || errno == Errno.ESRCH) {
                return OptionalLong.empty();
            }
            throw new ErrnoException("clock_gettime(" + pid + ")", errno);
        }
        return OptionalLong.of(time.getLong(0) * 1_000_000_000L + time.getLong(Long.BYTES));
    }

    /**
     * mode_t umask(mode_t mask); umask(2): which permissions a file that is created does not get. It is one for the whole
     * process: only for the time before other threads create files.
     *
     * @return the mask before
     */
    public static int umask(int mask) {
        return Native.files().umask(mask);
    }

    /**
     * int lchown(const char *pathname, uid_t owner, gid_t group); chown(2). A symbolic link is not followed.
     *
     * @param owner empty to leave it
     * @param group empty to leave it
     */
    public static void lchown(Path path, OptionalLong owner, OptionalLong group) throws ErrnoException {
        int uid = (int) owner.orElse(-1);
        int gid = (int) group.orElse(-1);
        if (Native.files().lchown(Native.string(path.toString()), uid, gid) < 0) {
            throw Native.failed("chown", path);
        }
    }

    /** int fchown(int fd, uid_t owner, gid_t group); chown(2): the owner of what is open; its group stays. */
    public static void fchown(Fd fd, int owner) throws ErrnoException {
        if (Native.files().fchown(fd.number(), owner, -1) < 0) {
            throw Native.failed("fchown", fd + ", " + owner);
        }
    }

    /** int access(const char *pathname, int mode) with X_OK; access(2). */
    public static void checkExecutable(Path path) throws ErrnoException {
        if (Native.files().access(Native.string(path.toString()), X_OK) < 0) {
            throw Native.failed("access", path);
        }
    }
}
