package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StretchTest {
    private static final String JVM = "30000000-30001000 r-xp 00000000 fe:00 9 /jdk/lib/server/libjvm.so";
    private static final String OTHERS = "30000000-30001000 r-xp 00000000 fe:00 9 /opt/lib/libother.so";

    private static final long UNWRITTEN = 0x520000;

    private static final Residency ALL = new Residency() {
        @Override
        public int present(long start, long end) {
            return 512;
        }

        @Override
        public int own(long start, long end) {
            return start == UNWRITTEN ? 0 : 512;
        }
    };

    private static String stretches(boolean freeAddresses, String... maps) throws IOException {
        List<Mapping> mappings = Stream.of(maps).map(Mapping::parse).toList();
        KeptMemory kept = new KeptMemory(mappings, true, freeAddresses);
        StemLayout layout = new StemLayout(mappings, 0, List.of(), kept);
        List<Run> runs = RebuildPlan.of(layout, ALL).stream()
                .filter(run -> run.isInFile() && run.start() < 0x30000000)
                .toList();
        StringBuilder text = new StringBuilder();
        Stretch.of(runs, layout)
                .forEach(stretch -> text.append(String.format(
                        "%x-%x %d of %d;",
                        stretch.start(),
                        stretch.end(),
                        stretch.protection(),
                        stretch.runs().size())));
        return text.toString();
    }

    private static String stretches(String... maps) throws IOException {
        return stretches(true, maps);
    }

    @Test
    void whatTheJvmHasReservedBetweenBecomesAPart() throws IOException {
        String[] heap = {
            "400000-800000 rw-p 00000000 00:00 0",
            "800000-10000000 ---p 00000000 00:00 0",
            "10000000-10400000 rw-p 00000000 00:00 0",
            JVM
        };

        assertEquals("400000-10400000 3 of 2;", stretches(heap));
        assertEquals(
                "400000-800000 3 of 1;10000000-10400000 3 of 1;",
                stretches(false, heap),
                "it would count as memory of the process");
    }

    @Test
    void nobodyKnowsWhoseItIsWhereThereAreOtherLibraries() throws IOException {
        assertEquals(
                "400000-800000 3 of 1;10000000-10400000 3 of 1;",
                stretches(
                        "400000-800000 rw-p 00000000 fe:00 7 /jdk/lib/server/classes.jsa",
                        "800000-10000000 ---p 00000000 00:00 0",
                        "10000000-10400000 rw-p 00000000 fe:00 7 /jdk/lib/server/classes.jsa",
                        OTHERS));
    }

    @Test
    void anOtherProtectionIsAnotherMapping() throws IOException {
        assertEquals(
                "400000-600000 3 of 1;600000-800000 7 of 1;",
                stretches("400000-600000 rw-p 00000000 00:00 0", "600000-800000 rwxp 00000000 00:00 0", JVM));
    }

    @Test
    void neighboursOfSeveralKindsAreOne() throws IOException {
        assertEquals(
                "404000-800000 3 of 2;",
                stretches(
                        "400000-404000 ---p 00000000 00:00 0",
                        "404000-600000 rw-p 00000000 00:00 0",
                        "600000-800000 rw-p 00000000 00:00 0",
                        JVM));
    }

    @Test
    void aGuardStaysBetween() throws IOException {
        assertEquals(
                "400000-600000 3 of 1;800000-a00000 3 of 1;",
                stretches(
                        "400000-600000 rw-p 00000000 00:00 0",
                        "700000-704000 ---p 00000000 00:00 0",
                        "800000-a00000 rw-p 00000000 00:00 0",
                        JVM),
                "and where nothing is mapped somebody else may map something");
    }

    @Test
    void aPieceOfAFileBetweenIsCopied() throws IOException {
        assertEquals(
                "405000-600000 3 of 3;",
                stretches(
                        "400000-404000 ---p 00000000 00:00 0",
                        "405000-500000 rw-p 00000000 00:00 0",
                        "500000-520000 ---p 00000000 00:00 0",
                        "520000-540000 r--p 00000000 fe:00 8 /usr/lib/locale/C.utf8/LC_CTYPE",
                        "540000-560000 ---p 00000000 00:00 0",
                        "560000-600000 rw-p 00000000 00:00 0",
                        JVM));
    }

    @Test
    void whatOthersSeeIsNot() throws IOException {
        assertEquals(
                "405000-500000 3 of 1;530000-600000 3 of 1;",
                stretches(
                        "400000-404000 ---p 00000000 00:00 0",
                        "405000-500000 rw-p 00000000 00:00 0",
                        "500000-530000 r--s 00000000 fe:00 8 /usr/lib/gconv-modules.cache",
                        "530000-600000 rw-p 00000000 00:00 0",
                        JVM));
    }

    /** malloc makes more of it accessible by mprotect(2), and what it wrote there would be the file's. */
    @Test
    void theEndOfAnArenaIsNot() throws IOException {
        assertEquals(
                "c000000-c200000 3 of 1;",
                stretches(
                        "8000000-8200000 rw-p 00000000 00:00 0",
                        "8200000-c000000 ---p 00000000 00:00 0",
                        "c000000-c200000 rw-p 00000000 00:00 0",
                        JVM));
        assertEquals(
                "7800000-7a00000 3 of 1;c000000-c200000 3 of 1;",
                stretches(
                        "7800000-7a00000 rw-p 00000000 00:00 0",
                        "7a00000-8000000 ---p 00000000 00:00 0",
                        "8000000-8200000 rw-p 00000000 00:00 0",
                        "8200000-c000000 ---p 00000000 00:00 0",
                        "c000000-c200000 rw-p 00000000 00:00 0",
                        JVM));
    }
}
