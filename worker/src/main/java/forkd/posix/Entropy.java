package forkd.posix;

import jnr.ffi.Pointer;

/** Random numbers of the kernel's: getrandom(2). Made once; drawing allocates nothing. For a process with one thread. */
public final class Entropy {
    private final int count;
    private final Pointer numbers;

    /** @param count how many numbers a {@link #refill} brings */
    public Entropy(int count) {
        this.count = count;
        this.numbers = Native.allocate(count * Long.BYTES);
    }

    /** New numbers. Blocks only while the kernel has not been seeded, early in its boot. */
    public void refill() throws ErrnoException {
        long bytes = (long) count * Long.BYTES;
        // Up to 256 bytes are never cut short and never interrupted.
        if (LoneCalls.getrandom(numbers, bytes) != bytes) {
            throw Native.loneFailed("getrandom", bytes);
        }
    }

    public long get(int index) {
        return numbers.getLong((long) index * Long.BYTES);
    }
}
