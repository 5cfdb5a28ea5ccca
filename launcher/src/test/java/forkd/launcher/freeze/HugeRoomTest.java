package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.TracedMemory;
import forkd.zygote.YoungRoom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HugeRoomTest {
    private static final long BLOCK = RebuildPlan.HUGE_BYTES;
    private static final int READ_WRITE = TracedMemory.PROT_READ | TracedMemory.PROT_WRITE;
    private static final Mapping BEFORE = heap(8 * BLOCK, 10 * BLOCK, TracedMemory.PROT_READ);
    private static final Mapping HEAP = heap(10 * BLOCK, 20 * BLOCK + 4096, READ_WRITE);
    private static final List<Mapping> ALL = List.of(BEFORE, HEAP);

    @Test
    void itHasWholeBlocks() {
        assertEquals(
                Optional.of(new HugeRoom(12 * BLOCK, 15 * BLOCK)),
                HugeRoom.in(new YoungRoom(11 * BLOCK + 1, 16 * BLOCK - 1), ALL));
        assertEquals(
                Optional.of(new HugeRoom(11 * BLOCK, 16 * BLOCK)),
                HugeRoom.in(new YoungRoom(11 * BLOCK, 16 * BLOCK), ALL));
    }

    @Test
    void thereMayBeTooFewInIt() {
        assertEquals(Optional.empty(), HugeRoom.in(YoungRoom.NONE, ALL));
        assertEquals(Optional.empty(), HugeRoom.in(new YoungRoom(11 * BLOCK + 1, 14 * BLOCK - 1), ALL));
    }

    /** Whatever the zygote says. */
    @Test
    void itIsOneMappingsAlone() {
        assertEquals(Optional.empty(), HugeRoom.in(new YoungRoom(9 * BLOCK, 13 * BLOCK), ALL));
        assertEquals(Optional.empty(), HugeRoom.in(new YoungRoom(8 * BLOCK, 10 * BLOCK), ALL));
        assertEquals(Optional.empty(), HugeRoom.in(new YoungRoom(12 * BLOCK, 30 * BLOCK), ALL));
        Mapping file = new Mapping(10 * BLOCK, 20 * BLOCK, READ_WRITE, false, 0, "/lib/libc.so");
        assertEquals(Optional.empty(), HugeRoom.in(new YoungRoom(12 * BLOCK, 14 * BLOCK), List.of(file)));
    }

    @Test
    void theOthersAreLeft() {
        assertEquals(
                List.of(
                        BEFORE,
                        heap(10 * BLOCK, 12 * BLOCK, READ_WRITE),
                        heap(15 * BLOCK, 20 * BLOCK + 4096, READ_WRITE)),
                new HugeRoom(12 * BLOCK, 15 * BLOCK).cutOutOf(ALL));
        assertEquals(List.of(BEFORE), new HugeRoom(HEAP.start(), HEAP.end()).cutOutOf(ALL));
    }

    private static Mapping heap(long start, long end, int protection) {
        // As if it were a file's, so that the parts can be told apart by their places.
        return new Mapping(start, end, protection, false, start, "");
    }
}
