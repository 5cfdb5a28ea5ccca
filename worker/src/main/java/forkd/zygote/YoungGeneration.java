package forkd.zygote;

import forkd.posix.ArrayAddress;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.Optional;

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
    /** As much as is filled: where there is more room than that, hardly all of it is in use just now, */
    private static final long MOST_BYTES = 16 << 20;
    /** unless it has been full before: then most of its pages are there, and filling it takes few more of them. */
    private static final long MOST_BYTES_AGAIN = 256 << 20;

    private static final int PIECE_BYTES = 16 << 10;

    /** Where another thread came between: all of its pages are there then. */
    private static final int FILLS_AGAIN = 3;

    /** Goes with the first collection, as an object that nobody has. */
    private static final WeakReference<Object> NO_COLLECTION_YET = new WeakReference<>(new Object());

    private final Runtime runtime = Runtime.getRuntime();
    private final boolean wasFull;
    private final long usedBefore;

    private YoungGeneration() {
        wasFull = NO_COLLECTION_YET.get() == null;
        System.gc();
        usedBefore = used();
    }

    /** Notices from here on whether there is a collection. */
    static void watch() {
        Objects.requireNonNull(NO_COLLECTION_YET); // by the class's initialisation
    }

    /** Empties it by a full collection, after which {@link #empty} will be called. */
    static YoungGeneration collected() {
        return new YoungGeneration();
    }

    /**
     * Empties it by a young collection, unless there is little in it and has never been more.
     *
     * @return what of it is free then and has been used before
     */
    FreeRoom empty() {
        if (!wasFull && used() - usedBefore <= LITTLE_BYTES) {
            return FreeRoom.unknown();
        }
        Optional<FreeRoom> room = fill(wasFull ? MOST_BYTES_AGAIN : MOST_BYTES);
        for (int left = FILLS_AGAIN; left > 0 && room.isPresent() && !room.get().isKnown() && !isExhausted(); left--) {
            room = fill(MOST_BYTES_AGAIN);
        }
        return room.orElseGet(FreeRoom::unknown);
    }

    /**
     * Until there is a collection: what is used grows with each piece, and falls then. The piece that saw it fall is the first of the room.
     * Where it is the first of all, the room has been full, and is filled once more.
     *
     * <p>Whoever cannot have a collection since a thread is in a critical section of JNI gets an object elsewhere: another generation grows then, and
     * the pieces leave a gap. Other gaps are the pieces that other threads have taken to make objects in, a fiftieth of the room each.
     *
     * @return what is free, which may be unknown; nothing where there was no collection
     */
    private Optional<FreeRoom> fill(long most) {
        final int gapsInRoom = 16;
        long capacity = runtime.totalMemory();
        long last = used();
        long end = 0;
        long gap = 0;
        for (long made = 0; made < most; made += PIECE_BYTES) {
            byte[] piece = new byte[PIECE_BYTES];
            long now = used();
            long address = ArrayAddress.of(piece);
            if (now < last && end > 0) {
                long bytes = end - address;
                boolean isKnown = !isExhausted()
                        && runtime.totalMemory() == capacity
                        && gap <= bytes / gapsInRoom
                        && used() >= now;
                return Optional.of(isKnown ? FreeRoom.ofEmpty(bytes, end) : FreeRoom.unknown());
            }
            if (used() < now) {
                // Another thread needed a collection between the two: it is empty, too, but the piece has moved before
                // it told its address.
                return Optional.of(FreeRoom.unknown());
            }
            gap = Math.max(gap, end == 0 ? 0 : Math.abs(address - end));
            end = Math.max(end, address + PIECE_BYTES);
            last = now;
        }
        return Optional.empty();
    }

    /** Where what lives does not fit elsewhere, objects are made in other rooms, too. */
    private boolean isExhausted() {
        return usedBefore > runtime.maxMemory() / 2;
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
