package forkd.launcher.freeze;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of the stem's file that has no hole of a huge page's size: whole blocks of that size, with the runs that have bytes in them.
 *
 * @param start the address that its first block will have
 * @param end behind its last block
 * @param offset of the first block in the file
 * @param runs what of a stretch is in it
 */
record Island(long start, long end, long offset, List<Run> runs) {
    /** A block of which less than that is libraries' stays in small pages: it takes the memory of a whole one. */
    private static final long MIN_BYTES = RebuildPlan.HUGE_BYTES / 2;

    /** A range of addresses. */
    record Range(long start, long end) {
        long bytes() {
            return end - start;
        }
    }

    /**
     * Those of a stretch.
     *
     * @param offset in the file of the block that the stretch begins in
     */
    static List<Island> of(Stretch stretch, long offset) {
        List<Island> islands = new ArrayList<>();
        long first = blockOf(stretch.start());
        List<Run> runs = new ArrayList<>();
        long start = first;
        long end = first;
        for (Run run : stretch.runs()) {
            if (!runs.isEmpty() && blockOf(run.start()) > end) {
                islands.add(new Island(start, end, offset + start - first, List.copyOf(runs)));
                runs.clear();
            }
            if (runs.isEmpty()) {
                start = blockOf(run.start());
            }
            runs.add(run);
            end = blockOf(run.end() + RebuildPlan.HUGE_BYTES - 1);
        }
        islands.add(new Island(start, end, offset + start - first, List.copyOf(runs)));
        return List.copyOf(islands);
    }

    private static long blockOf(long address) {
        return address & -RebuildPlan.HUGE_BYTES;
    }

    long bytes() {
        return end - start;
    }

    /** Its blocks that are to be huge pages, those that follow each other together. */
    List<Range> huge() {
        List<Range> ranges = new ArrayList<>();
        for (long block = start; block < end; block += RebuildPlan.HUGE_BYTES) {
            long behind = block + RebuildPlan.HUGE_BYTES;
            if (!isHuge(block, behind)) {
                continue;
            }
            int last = ranges.size() - 1;
            if (last >= 0 && ranges.get(last).end() == block) {
                ranges.set(last, new Range(ranges.get(last).start(), behind));
            } else {
                ranges.add(new Range(block, behind));
            }
        }
        return ranges;
    }

    private boolean isHuge(long block, long behind) {
        long ofLibraries = 0;
        for (Run run : runs) {
            long bytes = Math.min(behind, run.end()) - Math.max(block, run.start());
            if (bytes > 0 && run.isHuge()) {
                return true;
            }
            if (bytes > 0 && run.kind() == Run.Kind.FILE) {
                ofLibraries += bytes;
            }
        }
        return ofLibraries >= MIN_BYTES;
    }
}
