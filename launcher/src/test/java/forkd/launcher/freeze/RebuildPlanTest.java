package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RebuildPlanTest {
    private static final long NO_STACK = 0;

    private static List<RebuildPlan.Run> plan(long stackPointer, String... maps) throws IOException {
        return RebuildPlan.of(Stream.of(maps).map(Mapping::parse).toList(), (start, end) -> 512, stackPointer);
    }

    private static String describe(List<RebuildPlan.Run> runs) {
        StringBuilder text = new StringBuilder();
        runs.forEach(run -> text.append(String.format("%x-%x %d;", run.start(), run.end(), run.protection())));
        return text.toString();
    }

    @Test
    void takesBlocksThatFollowEachOtherTogether() throws IOException {
        assertEquals("400000-a00000 3;", describe(plan(NO_STACK, "400000-a00000 rw-p 00000000 00:00 0")));
    }

    @Test
    void takesAWholeBlockForAPartOfIt() throws IOException {
        assertEquals("400000-600000 1;", describe(plan(NO_STACK, "450000-460000 r--p 00000000 fe:00 7 /lib/x")));
    }

    @Test
    void givesABlockAllProtectionsOfItsParts() throws IOException {
        assertEquals(
                "400000-600000 7;",
                describe(plan(
                        NO_STACK,
                        "400000-500000 r-xp 00000000 fe:00 7 /lib/x",
                        "500000-600000 rw-p 00100000 fe:00 7 /lib/x")));
    }

    @Test
    void doesNotJoinDifferentProtections() throws IOException {
        assertEquals(
                "400000-600000 5;600000-800000 3;",
                describe(plan(
                        NO_STACK,
                        "400000-600000 r-xp 00000000 fe:00 7 /lib/x",
                        "600000-800000 rw-p 00100000 00:00 0")));
    }

    @Test
    void leavesGuardsAsTheyAre() throws IOException {
        assertEquals(
                "",
                describe(plan(NO_STACK, "400000-404000 ---p 00000000 00:00 0", "404000-600000 rw-p 00000000 00:00 0")));
    }

    @Test
    void takesTheEndOfWhatIsReserved() throws IOException {
        List<RebuildPlan.Run> runs =
                plan(NO_STACK, "400000-500000 rw-p 00000000 00:00 0", "500000-9000000 ---p 00000000 00:00 0");

        assertEquals("400000-600000 3;", describe(runs));
        assertEquals(1, runs.get(0).readable().size(), "what is reserved is not copied");
    }

    @Test
    void leavesSharedMemoryTheKernelsAndTheStack() throws IOException {
        assertEquals("", describe(plan(NO_STACK, "400000-600000 rw-s 00000000 fe:00 7 /dev/shm/x")));
        assertEquals("", describe(plan(NO_STACK, "400000-600000 rw-p 00000000 00:00 0 [stack]")));
        assertEquals("", describe(plan(NO_STACK, "400000-600000 r-xp 00000000 00:00 0 [vdso]")));
        assertEquals("", describe(plan(0x500000, "400000-600000 rw-p 00000000 00:00 0")));
    }

    @Test
    void leavesWhatIsHardlyUsed() throws IOException {
        List<Mapping> maps = List.of(Mapping.parse("400000-800000 rw-p 00000000 00:00 0"));

        assertEquals(
                "600000-800000 3;",
                describe(RebuildPlan.of(maps, (start, end) -> start == 0x400000 ? 15 : 16, NO_STACK)));
    }
}
