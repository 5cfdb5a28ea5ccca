package forkd.posix;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/** Random numbers of the kernel's: getrandom(2). Made once; drawing allocates nothing. For a process with one thread. */
public final class Entropy {
    private final int bytes;

    @SuppressWarnings("UnusedVariable") // holds the memory, where it is not the worker's pages
    private final Pointer memory;

    private final ByteBuffer numbers;
    private final long address;

    /** @param count how many numbers a {@link #refill} brings */
    public Entropy(int count) {
        bytes = count * Long.BYTES;
        memory = WorkerPages.allocate(bytes);
        numbers = Native.directBuffer(memory, bytes);
        address = memory.address();
    }

    /** New numbers. Blocks only while the kernel has not been seeded, early in its boot. */
    public void refill() throws ErrnoException {
        int done = 0;
        while (done < bytes) { // more than 256 bytes may come in pieces
            long answer = LoneCalls.getrandom(address + done, bytes - done);
            if (answer < 0 && answer != -Errno.EINTR.number()) {
                throw LoneCalls.failed("getrandom", bytes, answer);
            }
            done += Math.max(0, (int) answer);
        }
    }

    public long get(int index) {
        return numbers.getLong(index * Long.BYTES);
    }
}
