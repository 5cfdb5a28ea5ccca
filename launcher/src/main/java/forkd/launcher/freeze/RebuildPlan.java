package forkd.launcher.freeze;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a stem are rebuilt. First every block of a huge page's size that is used, as a whole, unless it holds something
 * that has to stay as it is ({@link StemLayout}). Then, in what is left:
 *
 * <ul>
 *   <li>libraries, and the stacks of sleeping threads with the guards between them, become pages of a file, where anything of them has
 *       been written or several mappings lie next to each other: a fork does not copy what belongs to a file, and pays for each mapping;
 *   <li>other small mappings that lie next to each other become one.
 * </ul>
 *
 * <p>A mapping has one protection. Where there were several it gets all of them together: the end of a library's code may
 * be writable then, and its data executable. HotSpot's own code cache is both from the start, so who can write to memory there
 * needs no other place; {@code native-notes/huge-pages.md}.
 */
final class RebuildPlan {
    static final long HUGE_BYTES = 2 << 20;

    /** A block with fewer pages than that costs a fork less as it is, */
    private static final int MIN_PAGES = 16;
    /** unless so many mappings are in it: a fork pays as much for each as for several pages. */
    private static final int MIN_MAPPINGS = 4;

    private final StemLayout layout;
    private final Residency residency;
    private final List<Run> blocks = new ArrayList<>();
    private final List<Run> rest = new ArrayList<>();

    private RebuildPlan(StemLayout layout, Residency residency) {
        this.layout = layout;
        this.residency = residency;
    }

    /** Looks at all memory. */
    static List<Run> of(StemLayout layout, Residency residency) throws IOException {
        RebuildPlan plan = new RebuildPlan(layout, residency);
        plan.takeBlocks();
        plan.joinTheRest();
        List<Run> runs = new ArrayList<>(plan.blocks);
        runs.addAll(plan.rest);
        return List.copyOf(runs);
    }

    private void takeBlocks() throws IOException {
        long next = 0;
        for (Mapping mapping : layout.mappings()) {
            // A block that it shares with others is looked at for these.
            if (!mapping.isAccessible() || layout.hasToStay(mapping)) {
                continue;
            }
            for (long block = Math.max(next, mapping.start() & -HUGE_BYTES);
                    block < mapping.end();
                    block += HUGE_BYTES) {
                next = block + HUGE_BYTES;
                List<Mapping> parts = parts(block, next);
                if (parts.stream().noneMatch(layout::hasToStay) && isWorthIt(block, parts)) {
                    addBlock(block, parts);
                }
            }
        }
    }

    private List<Mapping> parts(long start, long end) {
        return layout.mappings().stream()
                .filter(mapping -> mapping.start() < end && start < mapping.end())
                .toList();
    }

    private boolean isWorthIt(long block, List<Mapping> parts) throws IOException {
        long end = block + HUGE_BYTES;
        int present = residency.present(block, end);
        long within = parts.stream()
                .filter(mapping -> block <= mapping.start() && mapping.end() <= end)
                .count();
        return present >= MIN_PAGES || (present > 0 && within >= MIN_MAPPINGS);
    }

    private void addBlock(long block, List<Mapping> parts) throws IOException {
        List<Mapping> readable =
                new ArrayList<>(parts.stream().filter(Mapping::isAccessible).toList());
        int protection = Run.protectionOf(readable);
        Run.Kind kind = kindOfBlock(readable);
        int last = blocks.size() - 1;
        long start = block;
        if (last >= 0 && blocks.get(last).isBefore(block, protection, kind)) {
            Run before = blocks.remove(last);
            start = before.start();
            readable.removeAll(before.readable());
            readable.addAll(0, before.readable());
        }
        blocks.add(new Run(start, block + HUGE_BYTES, protection, kind, List.copyOf(readable)));
    }

    private Run.Kind kindOfBlock(List<Mapping> readable) throws IOException {
        for (Mapping mapping : readable) {
            if (!layout.canBeInFile(mapping)) {
                return Run.Kind.HUGE;
            }
        }
        return Run.Kind.HUGE_FILE;
    }

    private void joinTheRest() throws IOException {
        List<Mapping> neighbours = new ArrayList<>();
        Run.Kind kind = null;
        for (Mapping mapping : layout.mappings()) {
            Mapping left = outside(mapping);
            Run.Kind next = left.bytes() == 0 ? null : kind(left, mapping);
            boolean follows = !neighbours.isEmpty()
                    && neighbours.get(neighbours.size() - 1).end() == left.start();
            if (next == null || next != kind || !follows) {
                join(neighbours, kind);
                neighbours.clear();
                kind = next;
            }
            if (next != null) {
                neighbours.add(left);
            }
        }
        join(neighbours, kind);
    }

    /** What of a mapping is left at its ends when the blocks have been taken. */
    private Mapping outside(Mapping mapping) {
        long start = mapping.start();
        long end = mapping.end();
        for (Run block : blocks) {
            if (block.start() <= start && start < block.end()) {
                start = Math.min(block.end(), end);
            }
            if (block.start() < end && end <= block.end()) {
                end = Math.max(block.start(), start);
            }
        }
        return mapping.part(start, end);
    }

    /**
     * What a mapping is to become; null for what it is.
     *
     * @param left what of it is not in a block
     */
    private Run.Kind kind(Mapping left, Mapping whole) throws IOException {
        // What is larger may also have a block in its middle.
        if (left.bytes() > HUGE_BYTES) {
            return null;
        }
        if (layout.isSleepers(whole)) {
            return Run.Kind.STACKS;
        }
        if (!left.isAccessible() || layout.hasToStay(whole)) {
            return null;
        }
        return layout.canBeInFile(whole) ? Run.Kind.FILE : Run.Kind.SMALL;
    }

    private void join(List<Mapping> neighbours, Run.Kind kind) throws IOException {
        if (neighbours.isEmpty()) {
            return;
        }
        long start = neighbours.get(0).start();
        long end = neighbours.get(neighbours.size() - 1).end();
        boolean written = kind != Run.Kind.SMALL && residency.own(start, end) > 0;
        if (neighbours.size() > 1 || written) {
            List<Mapping> readable =
                    neighbours.stream().filter(Mapping::isAccessible).toList();
            rest.add(new Run(start, end, Run.protectionOf(neighbours), kind, readable));
        }
    }
}
