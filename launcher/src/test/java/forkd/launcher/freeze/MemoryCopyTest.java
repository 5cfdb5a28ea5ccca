package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.Posix;
import forkd.posix.TracedMemory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With this process as the other one. */
class MemoryCopyTest {
    private static final int PAGE = PageTable.PAGE_BYTES;
    /** More than one piece. */
    private static final int PAGES = 150;

    private final Pointer room = Memory.allocateDirect(Runtime.getSystemRuntime(), (2 * PAGES + 1) * PAGE);
    private final long source = room.address() + PAGE - 1 & -PAGE;
    private final long target = source + PAGES * PAGE;

    @ParameterizedTest
    @EnumSource(Run.Kind.class)
    void theCopyIsTheSame(Run.Kind kind) throws IOException {
        byte[] bytes = new byte[PAGES * PAGE];
        new Random(1).nextBytes(bytes);
        for (int page : List.of(0, 3, 4, 63, 64, 65, PAGES - 1)) {
            clear(bytes, page);
        }
        bytes[4 * PAGE + PAGE - 1] = 1;
        fill(source, bytes);
        fill(target, new byte[bytes.length]);

        copy(kind);

        assertArrayEquals(bytes, read(target, bytes.length));
    }

    @Test
    void pagesOfZerosAreNotWritten() throws IOException {
        byte[] bytes = new byte[PAGES * PAGE];
        bytes[PAGE] = 1;
        bytes[70 * PAGE + 5] = 1;
        fill(source, bytes);
        byte[] marks = new byte[bytes.length];
        for (int page = 0; page < PAGES; page++) {
            marks[page * PAGE] = 7;
        }
        fill(target, marks);

        copy(Run.Kind.HUGE_FILE);

        byte[] copied = read(target, bytes.length);
        for (int page = 0; page < PAGES; page++) {
            int expected = page == 1 ? 1 : page == 70 ? 0 : 7;
            assertEquals(expected, copied[page * PAGE], "page " + page);
        }
        assertEquals(1, copied[70 * PAGE + 5]);
    }

    private void copy(Run.Kind kind) throws IOException {
        int readWrite = TracedMemory.PROT_READ | TracedMemory.PROT_WRITE;
        Mapping mapping = new Mapping(source, target, readWrite, false, 0, "");
        try (ProcessMemory memory = new ProcessMemory(Posix.getpid())) {
            new MemoryCopy(memory).copy(new Run(source, target, readWrite, kind, List.of(mapping)), target);
        }
    }

    private static void clear(byte[] bytes, int page) {
        for (int i = 0; i < PAGE; i++) {
            bytes[page * PAGE + i] = 0;
        }
    }

    private void fill(long address, byte[] bytes) {
        room.put(address - room.address(), bytes, 0, bytes.length);
    }

    private byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        room.get(address - room.address(), bytes, 0, length);
        return bytes;
    }
}
