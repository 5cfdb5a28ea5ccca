package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;

class WorkerPagesTest {
    private static final int PAGE_BYTES = 4096;
    private static final int ALIGNMENT = 16;

    @Test
    void smallPiecesShareOnePageAndNothingElse() {
        List<Pointer> pieces = new ArrayList<>();
        Pointer next = WorkerPages.allocate(10);
        long page = next.address() / PAGE_BYTES;
        while (next.address() / PAGE_BYTES == page) {
            assertEquals(0, next.address() % ALIGNMENT);
            assertEquals(0, next.getLong(0) | next.getShort(8));
            next.putLong(0, -1);
            next.putShort(8, (short) -1);
            pieces.add(next);
            next = WorkerPages.allocate(10);
        }
        assertNotEquals(0, pieces.size());
        assertEquals(
                pieces.size(), pieces.stream().map(Pointer::address).distinct().count());
    }

    @Test
    void whatHasNoRoomLiesElsewhere() {
        Pointer large = WorkerPages.allocate(3 * PAGE_BYTES);

        assertEquals(3 * PAGE_BYTES, large.size());
        assertEquals(0, large.getLong(3 * PAGE_BYTES - Long.BYTES));
        large.putLong(3 * PAGE_BYTES - Long.BYTES, 1);
        assertEquals(0, WorkerPages.allocate(Long.BYTES).getLong(0));
        ByteBuffer buffer = WorkerPages.buffer(3 * PAGE_BYTES);
        assertEquals(3 * PAGE_BYTES, buffer.capacity());
        assertEquals(ByteOrder.nativeOrder(), buffer.order());
    }

    @Test
    void eachTransferHasItsOwnMemory() {
        assertNotEquals(
                Pointer.wrap(Native.RUNTIME, WorkerPages.transferMemory()).address(),
                Pointer.wrap(Native.RUNTIME, WorkerPages.transferMemory()).address());
    }
}
