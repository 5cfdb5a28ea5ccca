package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.time.Duration;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;

/**
 * Descriptors that the kernel watches for input: epoll(7), level-triggered. Watching another descriptor costs the thread
 * that waits nothing. Any thread may add and remove, also while one waits; one thread waits and reads the answers.
 */
public final class Epoll implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLLIN = 1;

    /** struct epoll_event is packed on x86_64, and only there: epoll_ctl(2). */
    private static final boolean PACKED = Platform.getNativePlatform().getCPU() == Platform.CPU.X86_64;

    private static final int DATA = PACKED ? Integer.BYTES : Long.BYTES;
    private static final int EVENT_BYTES = DATA + Long.BYTES;

    private final Fd epoll;
    private final int capacity;
    private final Pointer events;

    /**
     * epoll_create1(2).
     *
     * @param capacity how many answers are taken at once
     */
    public Epoll(int capacity) throws ErrnoException {
        int fd = LIBC.epoll_create1(EPOLL_CLOEXEC);
        if (fd < 0) {
            throw Native.failed("epoll_create1", "");
        }
        this.epoll = new Fd(fd);
        this.capacity = capacity;
        this.events = Native.allocate(capacity * EVENT_BYTES);
    }

    /**
     * epoll_ctl(2) with EPOLL_CTL_ADD.
     *
     * @param fd stays the caller's, who removes it before it is closed
     * @param key what {@link #key} answers
     */
    public void add(Fd fd, long key) throws ErrnoException {
        Pointer event = Native.scratch();
        event.putInt(0, EPOLLIN);
        event.putLong(DATA, key);
        if (LIBC.epoll_ctl(epoll.number(), EPOLL_CTL_ADD, fd.number(), event) < 0) {
            throw Native.failed("epoll_ctl", fd);
        }
    }

    /** epoll_ctl(2) with EPOLL_CTL_DEL. */
    public void remove(Fd fd) throws ErrnoException {
        if (LIBC.epoll_ctl(epoll.number(), EPOLL_CTL_DEL, fd.number(), Native.scratch()) < 0) {
            throw Native.failed("epoll_ctl", fd);
        }
    }

    /**
     * epoll_wait(2). Blocks until a descriptor has input, its end or an error to read, or the time is over. After EINTR it
     * returns as if the time were over.
     *
     * @param timeout null for no limit
     * @return how many answers there are
     */
    public int await(Duration timeout) throws ErrnoException {
        int millis = timeout == null ? -1 : (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
        int ready = LIBC.epoll_wait(epoll.number(), events, capacity, millis);
        if (ready >= 0) {
            return ready;
        }
        if (Native.interrupted()) {
            return 0;
        }
        throw Native.failed("epoll_wait", epoll);
    }

    /** The key of an answer of the last {@link #await}. */
    public long key(int index) {
        return events.getLong((long) index * EVENT_BYTES + DATA);
    }

    @Override
    public void close() {
        epoll.close();
    }
}
