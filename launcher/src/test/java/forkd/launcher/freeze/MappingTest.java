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

        assertEquals(new Mapping(0x7f0000001000L, 0x7f0000002000L, 5, false, "/lib/a b"), mapping);
        assertTrue(mapping.contains(0x7f0000001fffL));
        assertFalse(mapping.contains(0x7f0000002000L));
    }

    @Test
    void readsALineWithoutAName() {
        assertEquals(new Mapping(0x1000, 0x3000, 3, false, ""), Mapping.parse("1000-3000 rw-p 00000000 00:00 0 "));
    }

    @Test
    void knowsTheKernelsOwn() {
        assertTrue(Mapping.parse("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]")
                .isKernels());
        assertFalse(Mapping.parse("1000-3000 rw-p 00000000 00:00 0 [heap]").isKernels());
    }
}
