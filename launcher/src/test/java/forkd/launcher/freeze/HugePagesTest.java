package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HugePagesTest {
    @Test
    void readsWhetherTheKernelGivesThem() {
        assertTrue(HugePages.isNever("always madvise [never]\n"));
        assertFalse(HugePages.isNever("always [madvise] never\n"));
        assertFalse(HugePages.isNever("[always] madvise never\n"));
    }

    @Test
    void readsHowMuchMemoryThereIs() {
        assertEquals(2048, HugePages.availableBytes("MemTotal:   10 kB\nMemAvailable:       2 kB\nBuffers: 1 kB\n"));
        assertEquals(0, HugePages.availableBytes("MemTotal:   10 kB\n"));
    }
}
