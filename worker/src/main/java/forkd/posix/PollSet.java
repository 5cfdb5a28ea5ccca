package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.time.Duration;
import jnr.ffi.Pointer;

/**
 * The descriptors of one poll(2). Filled anew before every wait; used by one thread. It owns no descriptor.
 */
public final class PollSet {
    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final short POLLIN = 1;

    private Pointer entries;
    private int capacity;
    private int size;

    /** @param capacity for how many descriptors there is memory at first; it grows with their number */
    public PollSet(int capacity) {
        this.capacity = capacity;
        this.entries = Native.allocate(capacity * ENTRY_BYTES);
    }

    public void clear() {
        size = 0;
    }

    /** How many descriptors are watched. */
    public int size() {
        return size;
    }

    /** Watches for input (POLLIN), a waiting connection included, and returns the index for {@link #isReady}. */
    public int add(Fd fd) {
        if (size == capacity) {
            grow();
        }
        int at = size * ENTRY_BYTES;
        entries.putInt(at, fd.number());
        entries.putShort(at + EVENTS, POLLIN);
        entries.putShort(at + REVENTS, (short) 0);
        return size++;
    }

    private void grow() {
        Pointer larger = Native.allocate(2 * capacity * ENTRY_BYTES);
        entries.transferTo(0, larger, 0, (long) size * ENTRY_BYTES);
        entries = larger;
        capacity *= 2;
    }

    /**
     * poll(2). Blocks until a descriptor is ready or the time is over; writing to the other end of one of the pipes in
     * the set unblocks it. After EINTR it returns as if the time were over.
     *
     * @param timeout null for no limit
     */
    public boolean await(Duration timeout) throws ErrnoException {
        int millis = timeout == null ? -1 : (int) Math.max(0, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        int ready = LIBC.poll(entries, size, millis);
        if (ready < 0) {
            if (Native.interrupted()) {
                for (int i = 0; i < size; i++) {
                    entries.putShort(i * ENTRY_BYTES + REVENTS, (short) 0);
                }
                return false;
            }
            throw Native.failed("poll", size);
        }
        return ready > 0;
    }

    /** Whether the descriptor at that index has input, its end, or an error to read. */
    public boolean isReady(int index) {
        return entries.getShort(index * ENTRY_BYTES + REVENTS) != 0;
    }
}
