package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RebuildPlanTest {
    private static final long NO_STACK = 0;
    private static final ThreadStack SLEEPER = new ThreadStack(0xf08800, 0xf0a700, true);
    private static final ThreadStack OTHER_SLEEPER = new ThreadStack(0xf1b000, 0xf1d700, false);

    private static final String JVM = "30000000-30001000 r-xp 00000000 fe:00 9 /jdk/lib/server/libjvm.so";
    private static final String JVMS_ZIP = "30002000-30003000 r-xp 00000000 fe:00 9 /jdk/lib/libzip.so";
    private static final String C_LIBRARY =
            "30004000-30005000 r-xp 00000000 fe:00 9 /usr/lib/x86_64-linux-gnu/libc.so.6";
    private static final long LIBRARIES = 0x30000000;

    /** So many pages of each range are there, and so many are the process's own. */
    private record Pages(int present, int ofItsOwn) implements Residency {
        @Override
        public int present(long start, long end) {
            return present;
        }

        @Override
        public int own(long start, long end) {
            return ofItsOwn;
        }
    }

    private static List<Run> plan(Residency pages, long stackPointer, String... maps) throws IOException {
        List<Mapping> mappings = Stream.of(maps).map(Mapping::parse).toList();
        return plan(pages, stackPointer, mappings, true);
    }

    private static List<Run> plan(Residency pages, long stackPointer, List<Mapping> mappings, boolean canGrow)
            throws IOException {
        KeptMemory kept = new KeptMemory(mappings, canGrow, true);
        return RebuildPlan.of(new StemLayout(mappings, stackPointer, List.of(SLEEPER, OTHER_SLEEPER), kept), pages);
    }

    private static List<Run> plan(long stackPointer, String... maps) throws IOException {
        return plan(new Pages(512, 0), stackPointer, maps);
    }

    private static String suffix(Run.Kind kind) {
        return kind == Run.Kind.HUGE ? "" : " " + kind.name().toLowerCase(Locale.ROOT);
    }

    private static String describe(List<Run> runs) {
        StringBuilder text = new StringBuilder();
        runs.forEach(run -> text.append(
                String.format("%x-%x %d%s;", run.start(), run.end(), run.protection(), suffix(run.kind()))));
        return text.toString();
    }

    @Test
    void takesBlocksThatFollowEachOtherTogether() throws IOException {
        assertEquals("400000-a00000 3;", describe(plan(NO_STACK, "400000-a00000 rw-p 00000000 00:00 0")));
    }

    @Test
    void takesAWholeBlockForAPartOfIt() throws IOException {
        assertEquals(
                "400000-600000 1 huge_file;", describe(plan(NO_STACK, "450000-460000 r--p 00000000 fe:00 7 /lib/x")));
    }

    @Test
    void givesABlockAllProtectionsOfItsParts() throws IOException {
        assertEquals(
                "400000-600000 7 huge_file;",
                describe(plan(
                        NO_STACK,
                        "400000-500000 r-xp 00000000 fe:00 7 /lib/x",
                        "500000-600000 rw-p 00100000 fe:00 7 /lib/x")));
    }

    @Test
    void doesNotJoinDifferentProtections() throws IOException {
        assertEquals(
                "400000-600000 5 huge_file;600000-800000 3 huge_file;",
                describe(plan(
                        NO_STACK,
                        "400000-600000 r-xp 00000000 fe:00 7 /lib/x",
                        "600000-800000 rw-p 00000000 fe:00 7 /lib/x")));
    }

    @Test
    void putsWhatNobodyGivesBackIntoAFile() throws IOException {
        assertEquals(
                "400000-800000 3 huge_file;800000-a00000 3;a00000-c00000 3 huge_file;",
                describe(plan(
                        NO_STACK,
                        "400000-800000 rw-p 00000000 00:00 0 [heap]",
                        "800000-a00000 rw-p 00000000 00:00 0",
                        "a00000-c00000 rw-p 00000000 fe:00 7 /lib/server/classes.jsa")));
    }

    /** Arenas of malloc's give pages back to have zeros. */
    @Test
    void putsABlockIntoNoFileForAPartOfIt() throws IOException {
        assertEquals(
                "400000-600000 3;",
                describe(plan(
                        NO_STACK,
                        "400000-500000 rw-p 00000000 00:00 0 [heap]",
                        "500000-600000 rw-p 00000000 00:00 0")));
    }

    @Test
    void leavesGuardsAsTheyAre() throws IOException {
        assertEquals(
                "",
                describe(plan(NO_STACK, "400000-404000 ---p 00000000 00:00 0", "404000-600000 rw-p 00000000 00:00 0")));
    }

    @Test
    void takesTheEndOfWhatIsReserved() throws IOException {
        List<Run> runs = plan(NO_STACK, "400000-500000 rw-p 00000000 00:00 0", "500000-9000000 ---p 00000000 00:00 0");

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
        Residency pages = new Residency() {
            @Override
            public int present(long start, long end) {
                return start == 0x400000 ? 15 : 16;
            }

            @Override
            public int own(long start, long end) {
                return 0;
            }
        };

        assertEquals("600000-800000 3;", describe(plan(pages, NO_STACK, "400000-800000 rw-p 00000000 00:00 0")));
    }

    @Test
    void takesABlockOfManyMappings() throws IOException {
        String[] maps = {
            "400000-410000 r--p 00000000 fe:00 7 /lib/x",
            "410000-480000 r-xp 00010000 fe:00 7 /lib/x",
            "480000-490000 r--p 00080000 fe:00 7 /lib/x",
            "490000-4a0000 rw-p 00090000 fe:00 7 /lib/x"
        };

        assertEquals("400000-600000 7 huge_file;", describe(plan(new Pages(1, 1), NO_STACK, maps)));
        assertEquals(
                "400000-4a0000 7 file;",
                describe(plan(new Pages(0, 0), NO_STACK, maps)),
                "what nobody uses gets no huge page");
    }

    @Test
    void takesWhatIsReservedForNoGuard() throws IOException {
        assertEquals(
                "400000-600000 3;",
                describe(plan(NO_STACK, "400000-411000 ---p 00000000 00:00 0", "411000-600000 rw-p 00000000 00:00 0")));
    }

    @Test
    void takesTheFrontOfAFileForNoGuard() throws IOException {
        assertEquals(
                "400000-600000 3 huge_file;",
                describe(plan(
                        NO_STACK,
                        "400000-401000 ---p 00000000 00:00 0",
                        "401000-600000 rw-p 00001000 fe:00 7 /lib/server/classes.jsa")));
    }

    @Test
    void joinsNeighboursBesideAGuard() throws IOException {
        assertEquals(
                "404000-500000 3 small;",
                describe(plan(
                        NO_STACK,
                        "400000-404000 ---p 00000000 00:00 0",
                        "404000-480000 rw-p 00000000 00:00 0",
                        "480000-500000 r--p 00000000 00:00 0",
                        "501000-580000 rw-p 00000000 00:00 0")));
    }

    @Test
    void doesNotJoinALibraryWithMemoryOfNoFile() throws IOException {
        String[] maps = {
            "400000-401000 ---p 00000000 00:00 0",
            "401000-402000 rw-p 00000000 00:00 0",
            "402000-40b000 r-xp 00000000 fe:00 7 /lib/x"
        };

        assertEquals("402000-40b000 5 file;", describe(plan(new Pages(9, 1), NO_STACK, maps)));
        assertEquals("", describe(plan(new Pages(9, 0), NO_STACK, maps)));
    }

    @Test
    void joinsWhatABlockHasLeft() throws IOException {
        assertEquals(
                "400000-600000 3;600000-640000 3 small;",
                describe(plan(
                        NO_STACK,
                        "400000-620000 rw-p 00000000 00:00 0",
                        "620000-640000 r--p 00000000 00:00 0",
                        "640000-644000 ---p 00000000 00:00 0")));
    }

    @Test
    void joinsNothingThatHasToStay() throws IOException {
        String guard = "400000-404000 ---p 00000000 00:00 0";
        String data = "404000-408000 rw-p 00000000 00:00 0";

        assertEquals("", describe(plan(NO_STACK, guard, data, "408000-40a000 rw-s 00000000 fe:00 7 /dev/shm/x")));
        assertEquals("", describe(plan(NO_STACK, guard, data, "408000-40a000 r-xp 00000000 00:00 0 [vdso]")));
        assertEquals("", describe(plan(0x409000, guard, data, "408000-40a000 rw-p 00000000 00:00 0")));
    }

    @Test
    void movesLibrariesIntoAFile() throws IOException {
        String[] maps = {
            "400000-404000 ---p 00000000 00:00 0",
            "404000-406000 r--p 00002000 fe:00 7 /lib/x",
            "406000-407000 rw-p 00004000 fe:00 7 /lib/x",
            "407000-409000 r--p 00000000 fe:00 8 /lib/y",
            "409000-480000 r-xp 00002000 fe:00 8 /lib/y"
        };

        assertEquals("404000-480000 7 file;", describe(plan(new Pages(1, 1), NO_STACK, maps)));
    }

    @Test
    void movesTheStackOfASleeperIntoAFile() throws IOException {
        String guard = "f00000-f04000 ---p 00000000 00:00 0";
        String stack = "f04000-f0b000 rw-p 00000000 00:00 0";
        String other = "f0c000-f0d000 rw-p 00000000 00:00 0";

        assertEquals("f04000-f0b000 3 stacks;", describe(plan(new Pages(2, 2), NO_STACK, guard, stack, other)));
        assertEquals("", describe(plan(new Pages(2, 2), 0xf08000, guard, stack, other)), "it is awake");
    }

    /** The launcher gives the guard back before it revives the thread. A thread that a worker revives by itself keeps it. */
    @Test
    void joinsStacksAndTheGuardsThatNobodyNeedsMeanwhile() throws IOException {
        String[] maps = {
            "f00000-f04000 ---p 00000000 00:00 0",
            "f04000-f0b000 rw-p 00000000 00:00 0",
            "f0b000-f0c000 ---p 00000000 00:00 0",
            "f0c000-f1e000 rw-p 00000000 00:00 0",
            "f1e000-f20000 rwxp 00000000 fe:00 7 /lib/x"
        };

        assertEquals("f04000-f1e000 3 stacks;f1e000-f20000 7 file;", describe(plan(new Pages(2, 2), NO_STACK, maps)));
        assertEquals(
                "f04000-f0b000 3 stacks;f1e000-f20000 7 file;",
                describe(plan(new Pages(2, 2), 0xf1b000, maps)),
                "the other one is awake");
        assertEquals(
                "f0c000-f1e000 3 stacks;",
                describe(plan(
                        new Pages(2, 2),
                        NO_STACK,
                        "f0b000-f0c000 rw-p 00000000 00:00 0",
                        "f0c000-f1e000 rw-p 00000000 00:00 0")),
                "there is no guard");
    }

    /** What follows a stack may be anything, an arena of malloc's too. */
    @Test
    void leavesAStackThatTheKernelHasJoinedWithOther() throws IOException {
        String guard = "f00000-f04000 ---p 00000000 00:00 0";

        assertEquals("", describe(plan(new Pages(2, 2), NO_STACK, guard, "f04000-f0d000 rw-p 00000000 00:00 0")));
    }

    @Test
    void leavesAFileThatNobodyHasWrittenTo() throws IOException {
        assertEquals(
                "",
                describe(plan(
                        new Pages(3, 0),
                        NO_STACK,
                        "400000-404000 ---p 00000000 00:00 0",
                        "404000-480000 r--p 00000000 fe:00 7 /lib/x")));
    }

    /** Without what becomes of the libraries. */
    private static List<Run> planBeside(String libraries, String... maps) throws IOException {
        String[] all = Stream.concat(Stream.of(maps), libraries.lines()).toArray(String[]::new);
        return plan(new Pages(512, 512), NO_STACK, all).stream()
                .filter(run -> run.start() < LIBRARIES)
                .toList();
    }

    @Test
    void putsWhatTheJvmHasReservedAndUsesIntoAFile() throws IOException {
        String[] heap = {"400000-a00000 rw-p 00000000 00:00 0", "a00000-20000000 ---p 00000000 00:00 0"};

        assertEquals(
                "400000-a00000 3 huge_file;", describe(planBeside(String.join("\n", JVM, JVMS_ZIP, C_LIBRARY), heap)));
        assertEquals(
                "400000-a00000 3;",
                describe(planBeside(
                        JVM + "\n30006000-30007000 r-xp 00000000 fe:00 9 /usr/lib/x86_64-linux-gnu/libjemalloc.so.2",
                        heap)),
                "nobody knows whose it is, and how that library gives it back");
        assertEquals("400000-a00000 3;", describe(planBeside(C_LIBRARY, heap)), "there is no JVM");
    }

    /** A heap that has its full size from the start (-Xms, -Xmx). */
    @Test
    void putsAHeapOfWhichNothingIsReservedIntoAFile() throws IOException {
        assertEquals(
                "400000-a00000 3 huge_file;",
                describe(planBeside(
                        JVM, "400000-a00000 rw-p 00000000 00:00 0", "a00000-c00000 r--s 00000000 fe:00 7 /dev/shm/x")));
    }

    @Test
    void putsItIntoNoFileThatCannotGrow() throws IOException {
        List<Mapping> mappings = Stream.of("400000-a00000 rw-p 00000000 00:00 0", JVM)
                .map(Mapping::parse)
                .toList();

        assertEquals(
                Run.Kind.HUGE,
                plan(new Pages(512, 512), NO_STACK, mappings, false).get(0).kind());
    }

    @Test
    void putsTablesOfTheJvmIntoAFile() throws IOException {
        assertEquals(
                "404000-408000 3 file;",
                describe(planBeside(
                        JVM,
                        "400000-404000 ---p 00000000 00:00 0",
                        "404000-408000 rw-p 00000000 00:00 0",
                        "408000-800000 ---p 00000000 00:00 0")));
    }

    @Test
    void leavesMallocsArenasToGiveBackWhatTheyLike() throws IOException {
        assertEquals(
                "8000000-8200000 3;",
                describe(planBeside(
                        JVM, "8000000-8200000 rw-p 00000000 00:00 0", "8200000-c000000 ---p 00000000 00:00 0")));
        assertEquals(
                "7e00000-8200000 3;",
                describe(planBeside(
                        JVM, "7e00000-8200000 rw-p 00000000 00:00 0", "8200000-c000000 ---p 00000000 00:00 0")),
                "the kernel has joined it with what lies before it");
        assertEquals(
                "8200000-8400000 3 huge_file;",
                describe(planBeside(
                        JVM, "8200000-8400000 rw-p 00000000 00:00 0", "8400000-c000000 ---p 00000000 00:00 0")),
                "this one ends like an arena and does not begin like one");
    }
}
