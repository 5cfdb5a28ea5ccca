package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MappingTest {
    @Test
    void readsALine() {
        Mapping mapping =
                Mapping.parse("7f0000001000-7f0000002000 r-xp 00001000 fe:00 123                        /lib/a b");

        assertEquals(new Mapping(0x7f0000001000L, 0x7f0000002000L, 5, false, 0x1000, "/lib/a b"), mapping);
        assertTrue(mapping.contains(0x7f0000001fffL));
        assertFalse(mapping.contains(0x7f0000002000L));
    }

    @Test
    void readsALineWithoutAName() {
        assertEquals(new Mapping(0x1000, 0x3000, 3, false, 0, ""), Mapping.parse("1000-3000 rw-p 00000000 00:00 0 "));
    }

    @Test
    void knowsTheOffsetOfAPart() {
        Mapping mapping = Mapping.parse("10000-20000 r--p 00001000 fe:00 7 /lib/x");

        assertEquals(new Mapping(0x12000, 0x18000, 1, false, 0x3000, "/lib/x"), mapping.part(0x12000, 0x18000));
    }

    @Test
    void knowsThePlaceOfAFilesFirstBytes() {
        Mapping first = Mapping.parse("10000-11000 ---p 00000000 00:00 0 ");

        assertTrue(first.isFrontOf(Mapping.parse("11000-20000 rw-p 00001000 fe:00 7 /lib/x")));
        assertFalse(first.isFrontOf(Mapping.parse("11000-20000 rw-p 00002000 fe:00 7 /lib/x")));
        assertFalse(first.isFrontOf(Mapping.parse("12000-20000 rw-p 00001000 fe:00 7 /lib/x")));
        assertFalse(first.isFrontOf(Mapping.parse("11000-20000 rw-p 00000000 00:00 0 ")));
    }

    @Test
    void knowsTheKernelsOwn() {
        assertTrue(Mapping.parse("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]")
                .isKernels());
        assertFalse(Mapping.parse("1000-3000 rw-p 00000000 00:00 0 [heap]").isKernels());
    }
}
