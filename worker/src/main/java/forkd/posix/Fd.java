package forkd.posix;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A descriptor with one owner. Whoever holds the {@code Fd} closes it; {@link #close()} may be called any number of
 * times and from any thread, and closes the kernel's descriptor once. After it, {@link #number()} throws: a number
 * that was given back to the kernel may already be somebody else's descriptor.
 */
public final class Fd implements AutoCloseable {
    public static final int STDIN = 0;
    public static final int STDOUT = 1;
    public static final int STDERR = 2;

    private static final int CLOSED = -1;

    private final AtomicInteger number;

    /** Takes ownership of an open descriptor. */
    public Fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
    }

    /** The kernel's number, for a call that is made now; the ownership stays here. */
    public int number() {
        int fd = number.get();
        if (fd == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return fd;
    }

    /** Gives the ownership away: the descriptor stays open, and this object is closed. */
    public int release() {
        int fd = number.getAndSet(CLOSED);
        if (fd == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return fd;
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /**
     * close(2). Never blocks on a socket without SO_LINGER. Its errors are not reported: the descriptor is gone on
     * Linux whatever close says, also after EINTR, and a socket has no delayed write whose failure could be told here.
     */
    @Override
    public void close() {
        int fd = number.getAndSet(CLOSED);
        if (fd != CLOSED) {
            Posix.closeNumber(fd);
        }
    }

    @Override
    public String toString() {
        int fd = number.get();
        return fd == CLOSED ? "fd closed" : "fd " + fd;
    }
}
