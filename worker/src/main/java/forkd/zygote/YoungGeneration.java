package forkd.zygote;

/**
 * The room for new objects. When it is full there is a collection, which the VM Thread does; and while a zygote is split, in the
 * stem, and in the first moments of a worker there is none. Whoever needed a collection then would wait: the split and the stem's
 * proof for ever, a worker until the launcher gives it that thread. So the room has to be nearly empty before.
 *
 * <p>Not by System.gc(), which arms a barrier in all compiled code since JDK 20. A young collection does not; and there is one when
 * the room is full.
 */
final class YoungGeneration {
    /** With so much in it there is room for more than the split takes: the least that HotSpot starts with is a few times as much. */
    private static final long LITTLE_BYTES = 1 << 20;
    /** As much as is filled: where there is more room than that, hardly all of it is in use just now. */
    private static final long MOST_BYTES = 16 << 20;

    private static final int PIECE_BYTES = 4 << 10;

    private final Runtime runtime = Runtime.getRuntime();
    private final long usedBefore;

    private YoungGeneration() {
        System.gc();
        usedBefore = used();
    }

    /** Empties it by a full collection, after which {@link #empty} will be called. */
    static YoungGeneration collected() {
        return new YoungGeneration();
    }

    /** Empties it by a young collection, unless there is little in it. */
    void empty() {
        if (used() - usedBefore > LITTLE_BYTES) {
            fill();
        }
    }

    /** Until there is a collection: what is used grows with each piece, and falls then. */
    private void fill() {
        long last = used();
        for (int made = 0; made < MOST_BYTES; ) {
            made += new byte[PIECE_BYTES].length;
            long now = used();
            if (now < last) {
                return;
            }
            last = now;
        }
    }

    /**
     * In a worker: writes to the room, before it reads anything that lies there. Reading first it would get the huge page that it
     * shares with the stem, which its first new object takes apart: {@code native-notes/huge-pages.md}.
     */
    static int touch() {
        return new byte[1].length;
    }

    private long used() {
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
