package forkd.launcher.freeze;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies memory of another process to another place in it. Used on one thread. */
final class MemoryCopy {
    private static final int PIECE_BYTES = 1 << 18;

    private final ProcessMemory memory;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE_BYTES);

    /** @param memory stays the caller's */
    MemoryCopy(ProcessMemory memory) {
        this.memory = memory;
    }

    /**
     * Copies what is mapped in a run to new memory, which is zeros.
     *
     * @param target where the run's first byte goes
     */
    void copy(Run run, long target) throws IOException {
        long distance = target - run.start();
        for (Mapping mapping : run.readable()) {
            long start = Math.max(mapping.start(), run.start());
            long end = Math.min(mapping.end(), run.end());
            if (run.isHuge()) {
                // All of it, zeros too: a worker that is the first to touch a huge page would get the whole.
                copy(start, end, distance, PIECE_BYTES, true);
            } else {
                copy(start, end, distance, PageTable.PAGE_BYTES, false);
            }
        }
    }

    private void copy(long start, long end, long distance, int size, boolean zeros) throws IOException {
        for (long at = start; at < end; at += size) {
            buffer.clear().limit((int) Math.min(size, end - at));
            // A file may be shorter than its mapping; nobody can have used what lies behind its end.
            memory.readWhatIsThere(at, buffer);
            buffer.flip();
            if (zeros || !isZeros()) {
                memory.write(at + distance, buffer);
            }
        }
    }

    private boolean isZeros() {
        for (int i = 0; i < buffer.limit(); i += Long.BYTES) {
            if (buffer.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
