package forkd.zygote;

import forkd.posix.ArrayAddress;
import java.lang.ref.WeakReference;

/**
 * What of the room for new objects is free. Objects are made from one end of it to the other. Each thread takes a piece (TLAB) for those that it
 * makes next, and what is used grows by such a piece; the object that needed it is its first. So whoever makes objects while nobody else does
 * sees how far the room has been used: as far as from the object that made it grow by as much as it grew.
 *
 * <p>It has to be known for sure, since the launcher replaces the memory. Nothing is free where there was a collection since the room was seen
 * empty; and none must be needed for finding out, while the thread that would do it stands still. So nothing is said to be free either where
 * more than half of it has been used since.
 */
final class FreeRoom {
    private static final int OBJECT_BYTES = 8 << 10;
    /** As much of it is made at most until there is a new piece: where nobody has pieces (-XX:-UseTLAB) there never is one. */
    private static final int PART_MADE = 8;
    /** For what the stem itself may make, which is nothing. */
    private static final int RESERVE_BYTES = 16 << 10;
    /** This part of it may be used before the split: threads of the class library clean up after a collection. */
    private static final int PART = 2;

    private static final Runtime RUNTIME = Runtime.getRuntime();

    private final long bytes;
    private final long end;
    private final WeakReference<Object> noCollection;
    private final long capacity;
    private final long usedThen;

    private FreeRoom(long bytes, long end) {
        this.bytes = bytes;
        this.end = end;
        noCollection = new WeakReference<>(new Object()); // an object that nobody has goes with the next collection
        capacity = RUNTIME.totalMemory();
        usedThen = used();
    }

    /** Where it is not known how far the room goes. */
    static FreeRoom unknown() {
        return new FreeRoom(0, 0);
    }

    /**
     * To be called right after a young collection.
     *
     * @param bytes of the room
     * @param end the address behind it
     */
    static FreeRoom ofEmpty(long bytes, long end) {
        return new FreeRoom(bytes, end);
    }

    boolean isKnown() {
        return bytes > 0;
    }

    /** What is free still. To be called while no other thread makes objects; makes some itself. */
    YoungRoom now() {
        if (!hasMuch()) {
            return YoungRoom.NONE;
        }
        long start = firstUnused() + RESERVE_BYTES;
        return hasMuch() && start > RESERVE_BYTES && start < end ? new YoungRoom(start, end) : YoungRoom.NONE;
    }

    private boolean hasMuch() {
        return isKnown()
                && used() - usedThen <= bytes / PART
                && used() >= usedThen
                && RUNTIME.totalMemory() == capacity
                && noCollection.get() != null;
    }

    /** The address behind the piece that this thread makes objects in from now on; 0 if it does not get one. */
    private long firstUnused() {
        for (long left = bytes / PART_MADE / OBJECT_BYTES; left > 0; left--) {
            long before = used();
            byte[] object = new byte[OBJECT_BYTES];
            long grown = used() - before;
            // By hardly more than the object it grows where that did not fit into a piece that is not to be thrown away
            // yet.
            if (grown > 2 * OBJECT_BYTES) {
                return ArrayAddress.of(object) + grown;
            }
        }
        return 0;
    }

    private static long used() {
        return RUNTIME.totalMemory() - RUNTIME.freeMemory();
    }
}
