package forkd.posix;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/**
 * Where the native memory lies that a forked worker writes to: side by side, in as few pages as can be. A worker has to copy each page
 * that it is the first to write to, and the pieces themselves are small.
 *
 * <p>There is one such place in a process, for good, in pages of its own: beside the heap, for the reason that {@link Native#map} has.
 */
final class WorkerPages {
    /** Half a page. The rest of it has the first bytes of a connection. */
    private static final int SMALL_BYTES = 2 * 1024;

    private static final int ALIGNMENT = 16;

    private static final Pointer PAGES = Native.map(SMALL_BYTES + TransferBuffer.MEMORY_BYTES);

    private static int taken;
    private static boolean restTaken;

    private WorkerPages() {}

    /** Zeroed memory for good, or, where no room is left, elsewhere and for as long as the pointer is reachable. */
    static synchronized Pointer allocate(int bytes) {
        if (!hasRoom(bytes)) {
            return Native.allocate(bytes);
        }
        Pointer piece = PAGES.slice(taken, bytes);
        taken += aligned(bytes);
        return piece;
    }

    /** The same for compiled code, and for good wherever it is. */
    static synchronized ByteBuffer buffer(int bytes) {
        return Native.directBuffer(hasRoom(bytes) ? allocate(bytes) : Native.map(bytes), bytes);
    }

    private static boolean hasRoom(int bytes) {
        return taken + aligned(bytes) <= SMALL_BYTES;
    }

    private static int aligned(int bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Zeroed memory for a {@link TransferBuffer}, for good: behind the small pieces for the first one that asks. */
    static synchronized ByteBuffer transferMemory() {
        if (restTaken) {
            return Native.directBuffer(Native.map(TransferBuffer.MEMORY_BYTES), TransferBuffer.MEMORY_BYTES);
        }
        restTaken = true;
        return Native.directBuffer(PAGES.slice(SMALL_BYTES), TransferBuffer.MEMORY_BYTES);
    }
}
