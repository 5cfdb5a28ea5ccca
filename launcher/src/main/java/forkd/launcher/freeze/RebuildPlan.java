package forkd.launcher.freeze;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a process are rebuilt. First every block of a huge page's size that is used, as a whole, unless it holds something
 * that has to stay as it is:
 *
 * <ul>
 *   <li>a guard: a short inaccessible mapping, such as those under stacks and HotSpot's page for safepoints, that has to go on
 *       trapping;
 *   <li>memory that is shared with others, and the kernel's own;
 *   <li>the stack of the thread that makes the system calls.
 * </ul>
 *
 * Then, in what is left, small mappings that lie next to each other become one: the data of a library with that of its neighbour,
 * and what lies between them.
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

    /** A mapping costs a fork as much as so many pages. */
    private static final int PAGES_OF_A_MAPPING = 8;

    /** What is inaccessible and larger is reserved and has not been used: HotSpot takes address space by the gigabyte. */
    private static final long MAX_GUARD_BYTES = 64 << 10;

    private static final int INACCESSIBLE = 0;

    /**
     * Memory that becomes one mapping.
     *
     * @param start of its first byte
     * @param end behind its last byte
     * @param protection PROT_READ and so on
     * @param huge whether it consists of whole huge pages, and is to
     * @param readable what is mapped there and can be read
     */
    record Run(long start, long end, int protection, boolean huge, List<Mapping> readable) {
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
        plan.takeBlocks();
        plan.joinTheRest();
        return List.copyOf(plan.runs);
    }

    private void takeBlocks() throws IOException {
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
                if (parts.stream().noneMatch(this::hasToStay) && isWorthIt(block, parts)) {
                    addBlock(block, parts);
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
        return isGuard(mapping) || mapping.shared() || mapping.isKernels() || mapping.contains(stackPointer);
    }

    /**
     * JDK 25 makes the first page of the class archive inaccessible, where no class can be, so that a wrong class pointer
     * traps. This helps to find errors in HotSpot, which older releases do without; it is no guard that anything depends on.
     */
    private boolean isGuard(Mapping mapping) {
        return mapping.protection() == INACCESSIBLE
                && mapping.end() - mapping.start() <= MAX_GUARD_BYTES
                && mappings.stream().noneMatch(mapping::isFrontOf);
    }

    private boolean isWorthIt(long block, List<Mapping> parts) throws IOException {
        long end = block + HUGE_BYTES;
        int present = residency.present(block, end);
        long within = parts.stream()
                .filter(mapping -> block <= mapping.start() && mapping.end() <= end)
                .count();
        return present >= MIN_PAGES || (present > 0 && within >= MIN_MAPPINGS);
    }

    private void addBlock(long block, List<Mapping> parts) {
        List<Mapping> readable = new ArrayList<>(parts.stream()
                .filter(mapping -> mapping.protection() != INACCESSIBLE)
                .toList());
        int protection = together(readable);
        int last = runs.size() - 1;
        long start = block;
        if (last >= 0 && runs.get(last).end() == block && runs.get(last).protection() == protection) {
            Run before = runs.remove(last);
            start = before.start();
            readable.removeAll(before.readable());
            readable.addAll(0, before.readable());
        }
        runs.add(new Run(start, block + HUGE_BYTES, protection, true, List.copyOf(readable)));
    }

    private static int together(List<Mapping> parts) {
        return parts.stream().mapToInt(Mapping::protection).reduce(INACCESSIBLE, (a, b) -> a | b);
    }

    private void joinTheRest() throws IOException {
        List<Run> blocks = List.copyOf(runs);
        List<Mapping> neighbours = new ArrayList<>();
        for (Mapping mapping : mappings) {
            Mapping rest = outside(blocks, mapping);
            boolean joins = rest.start() < rest.end() && isJoinable(rest);
            boolean follows = !neighbours.isEmpty()
                    && neighbours.get(neighbours.size() - 1).end() == rest.start();
            if (!joins || !follows) {
                join(neighbours);
                neighbours.clear();
            }
            if (joins) {
                neighbours.add(rest);
            }
        }
        join(neighbours);
    }

    /** What of a mapping is left at its ends when the blocks have been taken. A joinable one is too small to have one in its middle. */
    private static Mapping outside(List<Run> blocks, Mapping mapping) {
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

    /** Whether the pages that it would have to have of its own, since they are a file's now, cost less than it does. */
    private boolean isJoinable(Mapping mapping) throws IOException {
        if (mapping.protection() == INACCESSIBLE
                || mapping.end() - mapping.start() > HUGE_BYTES
                || hasToStay(mapping)) {
            return false;
        }
        return !mapping.isOfFile()
                || mapping.pages() - residency.own(mapping.start(), mapping.end()) <= PAGES_OF_A_MAPPING;
    }

    private void join(List<Mapping> neighbours) {
        if (neighbours.size() > 1) {
            long start = neighbours.get(0).start();
            long end = neighbours.get(neighbours.size() - 1).end();
            runs.add(new Run(start, end, together(neighbours), false, List.copyOf(neighbours)));
        }
    }
}
