package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IslandTest {
    private static final long OFFSET = 0x40000000;

    private static Run run(long start, long end, Run.Kind kind) {
        return new Run(start, end, 3, kind, List.of());
    }

    private static String islands(Run... runs) {
        return Island.of(new Stretch(List.of(runs)), OFFSET).stream()
                .map(island -> String.format(
                        Locale.ROOT,
                        "%x-%x at %x, %d",
                        island.start(),
                        island.end(),
                        island.offset(),
                        island.runs().size()))
                .collect(Collectors.joining(";"));
    }

    private static String huge(Run... runs) {
        return Island.of(new Stretch(List.of(runs)), OFFSET).stream()
                .flatMap(island -> island.huge().stream())
                .map(range -> String.format(Locale.ROOT, "%x-%x", range.start(), range.end()))
                .collect(Collectors.joining(";"));
    }

    @Test
    void isWholeBlocks() {
        assertEquals("400000-800000 at 40000000, 1", islands(run(0x501000, 0x601000, Run.Kind.FILE)));
    }

    @Test
    void runsInOneBlockOrTheNextAreTogether() {
        assertEquals(
                "400000-800000 at 40000000, 3",
                islands(
                        run(0x401000, 0x402000, Run.Kind.STACKS),
                        run(0x500000, 0x600000, Run.Kind.FILE),
                        run(0x600000, 0x800000, Run.Kind.HUGE_FILE)));
    }

    @Test
    void whatLiesFarBehindIsAnotherIslandAtItsPlaceInTheFile() {
        assertEquals(
                "400000-600000 at 40000000, 1;10000000-10200000 at 4fc00000, 1",
                islands(run(0x400000, 0x600000, Run.Kind.HUGE_FILE), run(0x10001000, 0x10002000, Run.Kind.FILE)));
    }

    @Test
    void blocksOfHugePagesAreHuge() {
        assertEquals(
                "400000-800000;a00000-c00000",
                huge(
                        run(0x400000, 0x800000, Run.Kind.HUGE_FILE),
                        run(0x800000, 0xa00000, Run.Kind.STACKS),
                        run(0xa00000, 0xc00000, Run.Kind.HUGE_FILE)));
    }

    @Test
    void aBlockIsHugeIfHalfOfItIsLibraries() {
        assertEquals("400000-600000", huge(run(0x480000, 0x600000, Run.Kind.FILE)));
        assertEquals(
                "400000-600000", huge(run(0x400000, 0x480000, Run.Kind.FILE), run(0x500000, 0x580000, Run.Kind.FILE)));
        assertEquals("", huge(run(0x501000, 0x600000, Run.Kind.FILE)));
    }

    @Test
    void stacksAreInSmallPages() {
        assertEquals("", huge(run(0x400000, 0x800000, Run.Kind.STACKS)));
    }

    @Test
    void allBytesOfAllRunsAreInIslands() {
        Stretch stretch = new Stretch(Stream.of(
                        run(0x4ff000, 0x501000, Run.Kind.FILE),
                        run(0x5fe000, 0x600000, Run.Kind.FILE),
                        run(0x600000, 0x603000, Run.Kind.STACKS),
                        run(0x9000000, 0x9200000, Run.Kind.HUGE_FILE))
                .toList());

        long bytes = Island.of(stretch, 0).stream()
                .flatMap(island -> island.runs().stream()
                        .filter(run -> island.start() <= run.start() && run.end() <= island.end()))
                .mapToLong(Run::bytes)
                .sum();

        assertEquals(stretch.runs().stream().mapToLong(Run::bytes).sum(), bytes);
    }
}
