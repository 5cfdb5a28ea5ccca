package forkd.launcher.freeze;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a process are moved into huge pages: every block of that size that is used, as a whole, unless it holds
 * something that has to stay as it is:
 *
 * <ul>
 *   <li>a guard: a short inaccessible mapping, such as those under stacks and HotSpot's page for safepoints, that has to go on
 *       trapping;
 *   <li>memory that is shared with others, and the kernel's own;
 *   <li>the stack of the thread that makes the system calls.
 * </ul>
 *
 * A huge page has one protection. Where a block had several it gets all of them together: the end of a library's code may
 * be writable then, and its data executable. HotSpot's own code cache is both from the start, so who can write to memory there
 * needs no other place; {@code native-notes/huge-pages.md}.
 */
final class RebuildPlan {
    static final long HUGE_BYTES = 2 << 20;

    /** A block with fewer pages than that costs a fork less as it is. */
    private static final int MIN_PAGES = 16;

    private static final int INACCESSIBLE = 0;

    /** What tells how many pages of a range there are. */
    @FunctionalInterface
    interface Residency {
        int present(long start, long end) throws IOException;
    }

    /**
     * Blocks that follow each other and have one protection.
     *
     * @param start of the first block
     * @param end behind the last block
     * @param protection PROT_READ and so on
     * @param readable what is mapped there and can be read
     */
    record Run(long start, long end, int protection, List<Mapping> readable) {
        long bytes() {
            return end - start;
        }
    }

    private final List<Mapping> mappings;
    private final Residency residency;
    private final long stackPointer;
    private final List<Run> runs = new ArrayList<>();

    private RebuildPlan(List<Mapping> mappings, Residency residency, long stackPointer) {
        this.mappings = mappings;
        this.residency = residency;
        this.stackPointer = stackPointer;
    }

    /**
     * Looks at all memory.
     *
     * @param mappings by address
     * @param stackPointer of the only thread
     */
    static List<Run> of(List<Mapping> mappings, Residency residency, long stackPointer) throws IOException {
        RebuildPlan plan = new RebuildPlan(mappings, residency, stackPointer);
        plan.collect();
        return List.copyOf(plan.runs);
    }

    private void collect() throws IOException {
        long next = 0;
        for (Mapping mapping : mappings) {
            if (mapping.protection() == INACCESSIBLE) {
                continue;
            }
            for (long block = Math.max(next, mapping.start() & -HUGE_BYTES);
                    block < mapping.end();
                    block += HUGE_BYTES) {
                next = block + HUGE_BYTES;
                List<Mapping> parts = parts(block, next);
                if (parts.stream().noneMatch(this::hasToStay) && residency.present(block, next) >= MIN_PAGES) {
                    add(block, parts);
                }
            }
        }
    }

    private List<Mapping> parts(long start, long end) {
        return mappings.stream()
                .filter(mapping -> mapping.start() < end && start < mapping.end())
                .toList();
    }

    private boolean hasToStay(Mapping mapping) {
        boolean guard = mapping.protection() == INACCESSIBLE && mapping.end() - mapping.start() < HUGE_BYTES;
        return guard || mapping.shared() || mapping.isKernels() || mapping.contains(stackPointer);
    }

    private void add(long block, List<Mapping> parts) {
        List<Mapping> readable = new ArrayList<>(parts.stream()
                .filter(mapping -> mapping.protection() != INACCESSIBLE)
                .toList());
        int protection = readable.stream().mapToInt(Mapping::protection).reduce(INACCESSIBLE, (a, b) -> a | b);
        int last = runs.size() - 1;
        long start = block;
        if (last >= 0 && runs.get(last).end() == block && runs.get(last).protection() == protection) {
            Run before = runs.remove(last);
            start = before.start();
            readable.removeAll(before.readable());
            readable.addAll(0, before.readable());
        }
        runs.add(new Run(start, block + HUGE_BYTES, protection, List.copyOf(readable)));
    }
}
