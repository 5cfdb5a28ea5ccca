package forkd.zygote;

import forkd.posix.ArrayAddress;
import java.lang.ref.WeakReference;

/**
 * What of the room for new objects is free after a young collection, and whether it still is. Objects are made from one end of it to the other;
 * each thread takes a piece, usually a fiftieth of it (TLABWasteTargetPercent), and makes its own there. An array that is larger than such a
 * piece lies behind them all: what is used grows by its size then, and not by nothing or by that of a new piece.
 *
 * <p>It has to be known for sure, since the launcher replaces the memory: nothing is free any more after another collection, or if anything has been
 * made since, beyond the little that a split takes.
 */
final class FreeRoom {
    /** What may be made before the split. */
    private static final long LEAST_SLACK_BYTES = 1 << 20;

    private static final int TRIES = 4;

    private static final Runtime RUNTIME = Runtime.getRuntime();

    private final YoungRoom room;
    private final long slack;
    private final WeakReference<Object> noCollection;
    private final long capacity;
    /** When nothing was behind what {@link #room} begins a slack behind. */
    private final long usedThen;

    private FreeRoom(YoungRoom room, long slack, WeakReference<Object> noCollection, long usedThen) {
        this.room = room;
        this.slack = slack;
        this.noCollection = noCollection;
        this.usedThen = usedThen;
        capacity = RUNTIME.totalMemory();
    }

    /** Where it is not known how far the room goes. */
    static FreeRoom unknown() {
        return new FreeRoom(YoungRoom.NONE, 0, watch(), used());
    }

    /**
     * To be called right after a young collection.
     *
     * @param bytes of the room; none is known where it is not positive
     * @param end the address behind it
     */
    static FreeRoom ofEmpty(long bytes, long end) {
        final int moreThanPieces = 32;
        final int muchMoreThanPieces = 16;
        final int header = 24; // of an array, at most
        WeakReference<Object> noCollection = watch();
        long slack = Math.max(LEAST_SLACK_BYTES, bytes / muchMoreThanPieces);
        // After a collection threads of the class library's wake and take pieces, and this one may do so meanwhile.
        for (int left = TRIES; left > 0 && bytes > 0; left--) {
            long before = used();
            byte[] mark = new byte[(int) (bytes / moreThanPieces)];
            long then = used();
            long more = then - before - mark.length;
            long start = ArrayAddress.of(mark) + mark.length + slack;
            if (more > 0 && more <= header && start < end) {
                return new FreeRoom(new YoungRoom(start, end), slack, noCollection, then);
            }
        }
        return unknown();
    }

    /** An object that nobody has goes with the next collection. */
    private static WeakReference<Object> watch() {
        return new WeakReference<>(new Object());
    }

    boolean isKnown() {
        return !room.equals(YoungRoom.NONE);
    }

    /** What is free still. Allocates nothing; while no other thread makes objects. */
    YoungRoom now() {
        boolean hardlyUsed = used() - usedThen <= slack && RUNTIME.totalMemory() == capacity;
        return hardlyUsed && noCollection.get() != null ? room : YoungRoom.NONE;
    }

    private static long used() {
        return RUNTIME.totalMemory() - RUNTIME.freeMemory();
    }
}
