package forkd.posix;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/** Random numbers of the kernel's: getrandom(2). Made once; drawing allocates nothing. For a process with one thread. */
public final class Entropy {
    private final int count;
    private final Pointer memory;
    /** The same for compiled code, which looks at no object of JNR's then. */
    private final ByteBuffer numbers;

    /** @param count how many numbers a {@link #refill} brings */
    public Entropy(int count) {
        this.count = count;
        this.memory = WorkerPages.allocate(count * Long.BYTES);
        this.numbers = Native.directBuffer(memory, count * Long.BYTES);
    }

    /** New numbers. Blocks only while the kernel has not been seeded, early in its boot. */
    public void refill() throws ErrnoException {
        long bytes = (long) count * Long.BYTES;
        // Up to 256 bytes are never cut short and never interrupted.
        if (LoneCalls.getrandom(memory, bytes) != bytes) {
            throw Native.loneFailed("getrandom", bytes);
        }
    }

    public long get(int index) {
        return numbers.getLong(index * Long.BYTES);
    }
}
