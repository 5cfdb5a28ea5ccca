package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
    private static final int HEADERS = 64;
    private static final int HEADER_BYTES = 56;

    @TempDir
    Path folder;

    /** Code at 0; data at 0x2d80, of which 0x300 bytes are in the file and 0x2400 in memory. */
    private Path library() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(0x4000).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 0x464c457f)
                .putLong(32, HEADERS)
                .putShort(54, (short) HEADER_BYTES)
                .putShort(56, (short) 3);
        segment(bytes, 0, 1, 0, 0x1000, 0x1000);
        segment(bytes, 1, 2, 0x2d80, 0x300, 0x9000);
        segment(bytes, 2, 1, 0x2d80, 0x300, 0x2400);
        return Files.write(folder.resolve("libx.so"), bytes.array());
    }

    private static void segment(ByteBuffer bytes, int index, int type, long offset, long inFile, long inMemory) {
        int at = HEADERS + index * HEADER_BYTES;
        bytes.putInt(at, type).putLong(at + 8, offset).putLong(at + 32, inFile).putLong(at + 40, inMemory);
    }

    @Test
    void findsTheEndOfTheData() throws IOException {
        Mapping first = Mapping.parse("12000-13000 r--p 00002000 fe:00 7 " + library());
        Mapping second = Mapping.parse("13000-14000 rw-p 00003000 fe:00 7 " + library());

        assertEquals(0x16000, ElfFile.endOfData(first), "0x12d80 + 0x2400, and the rest of the page");
        assertEquals(0x16000, ElfFile.endOfData(second));
    }

    @Test
    void findsNothingInAnotherFile() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no library");
        Path empty = Files.createFile(folder.resolve("empty"));

        assertEquals(0, ElfFile.endOfData(Mapping.parse("12000-13000 r--p 00002000 fe:00 7 " + text)));
        assertEquals(0, ElfFile.endOfData(Mapping.parse("12000-13000 r--p 00002000 fe:00 7 " + empty)));
        assertEquals(0, ElfFile.endOfData(Mapping.parse("12000-13000 r--p 00002000 fe:00 7 /gone (deleted)")));
        assertEquals(0, ElfFile.endOfData(Mapping.parse("12000-13000 r--p 00008000 fe:00 7 " + library())));
    }

    @Test
    void tellsVariablesFromWhatLiesBehindThem() throws IOException {
        Mapping data = Mapping.parse("12000-14000 rw-p 00002000 fe:00 7 " + library());
        Mapping zeroed = Mapping.parse("14000-16000 rw-p 00000000 00:00 0 ");
        Mapping more = Mapping.parse("14000-17000 rw-p 00000000 00:00 0 ");

        assertTrue(layout(data, zeroed).isZeroedData(zeroed));
        assertFalse(layout(data, more).isZeroedData(more), "something else is in it");
        assertFalse(layout(zeroed).isZeroedData(zeroed));
        assertFalse(layout(data).isZeroedData(data));
    }

    private static StemLayout layout(Mapping... mappings) {
        return new StemLayout(List.of(mappings), 0, List.of(), new KeptMemory(List.of(), true, true));
    }
}
