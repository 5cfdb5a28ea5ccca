package forkd.launcher.freeze;

import forkd.posix.TracedMemory;
import forkd.zygote.YoungRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Room for the objects of workers that make many: whole blocks of a huge page's size in which the stem has none. They are memory of no file that
 * nobody has touched yet, and the kernel gives a worker a huge page for each when it does: one page fault where there were five hundred, each with
 * a copy of garbage. They stay apart from the stem's file, and so they are two mappings more.
 *
 * @param start of the first block
 * @param end behind the last one
 */
record HugeRoom(long start, long end) {
    /** With less a worker would save hardly more than all workers pay for the mappings. */
    private static final long LEAST_BYTES = 2 * RebuildPlan.HUGE_BYTES;

    /**
     * The blocks of a room, if there are enough.
     *
     * @param mappings of the whole process
     */
    static Optional<HugeRoom> in(YoungRoom room, List<Mapping> mappings) {
        HugeRoom blocks = new HugeRoom(
                room.start() + RebuildPlan.HUGE_BYTES - 1 & -RebuildPlan.HUGE_BYTES,
                room.end() & -RebuildPlan.HUGE_BYTES);
        return blocks.bytes() >= LEAST_BYTES && mappings.stream().anyMatch(blocks::isPartOf)
                ? Optional.of(blocks)
                : Optional.empty();
    }

    private boolean isPartOf(Mapping mapping) {
        return mapping.start() <= start
                && end <= mapping.end()
                && mapping.isAnonymous()
                && mapping.protection() == (TracedMemory.PROT_READ | TracedMemory.PROT_WRITE);
    }

    /** The mappings without it: whoever plans with them leaves it as it is. */
    List<Mapping> cutOutOf(List<Mapping> mappings) {
        List<Mapping> rest = new ArrayList<>();
        for (Mapping mapping : mappings) {
            if (isPartOf(mapping)) {
                rest.add(mapping.part(mapping.start(), start));
                rest.add(mapping.part(end, mapping.end()));
            } else {
                rest.add(mapping);
            }
        }
        rest.removeIf(mapping -> mapping.bytes() == 0);
        return rest;
    }

    long bytes() {
        return end - start;
    }
}
