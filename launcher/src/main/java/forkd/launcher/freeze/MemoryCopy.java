package forkd.launcher.freeze;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies memory of another process to another place in it. Used on one thread. */
final class MemoryCopy {
    private static final int PIECE_BYTES = 1 << 18;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PageTable.PAGE_BYTES);

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
            for (long at = start; at < end; at += PIECE_BYTES) {
                buffer.clear().limit((int) Math.min(PIECE_BYTES, end - at));
                // A file may be shorter than its mapping; nobody can have used what lies behind its end.
                memory.readWhatIsThere(at, buffer);
                buffer.flip();
                if (run.kind() == Run.Kind.HUGE) {
                    // All of it, zeros too: a worker that is the first to touch a huge page would get the whole. Those
                    // of a file are there.
                    memory.write(at + distance, buffer);
                } else {
                    writeWhatIsNotZeros(at + distance);
                }
            }
        }
    }

    private void writeWhatIsNotZeros(long target) throws IOException {
        int end = buffer.limit();
        for (int from = pageOf(0, end, false); from < end; ) {
            int to = pageOf(from, end, true);
            memory.write(target + from, buffer.limit(to).position(from));
            buffer.limit(end);
            from = pageOf(to, end, false);
        }
    }

    /** The first page from there on that is zeros, or that is not; else the end. */
    private int pageOf(int from, int end, boolean zeros) {
        int at = from;
        while (at < end && isZeros(at, Math.min(PageTable.PAGE_BYTES, end - at)) != zeros) {
            at += PageTable.PAGE_BYTES;
        }
        return Math.min(at, end);
    }

    private boolean isZeros(int from, int bytes) {
        int first = buffer.slice(from, bytes).mismatch(ZEROS);
        return first < 0 || first == bytes;
    }
}
