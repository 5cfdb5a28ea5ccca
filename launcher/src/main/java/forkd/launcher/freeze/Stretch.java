package forkd.launcher.freeze;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A row of runs that become one mapping of the stem's file. Between them may lie address space that the JVM has reserved and does not
 * use: a hole in the file, as a mapping of which it takes no memory either. A fork pays for each mapping, and three of them are one then.
 * When the JVM comes to use a part of it, it maps memory there, as it does with what is reserved.
 *
 * @param runs by address, at least one, with the same protection
 */
record Stretch(List<Run> runs) {
    /** Joins what can be: the same runs, and the short pieces of files between them. */
    static List<Stretch> of(List<Run> runs, StemLayout layout) {
        List<Stretch> stretches = new ArrayList<>();
        List<Run> row = new ArrayList<>();
        for (Run next :
                runs.stream().sorted(Comparator.comparingLong(Run::start)).toList()) {
            if (!row.isEmpty()) {
                Run last = row.get(row.size() - 1);
                List<Mapping> between = layout.between(last.end(), next.start());
                if (last.protection() == next.protection() && canLieBetween(between, last, next, layout)) {
                    between.stream()
                            .filter(Mapping::isAccessible)
                            .map(mapping -> piece(mapping, next.protection()))
                            .forEach(row::add);
                } else {
                    stretches.add(new Stretch(List.copyOf(row)));
                    row.clear();
                }
            }
            row.add(next);
        }
        if (!row.isEmpty()) {
            stretches.add(new Stretch(List.copyOf(row)));
        }
        return List.copyOf(stretches);
    }

    /** Nothing at all, or what may become a part of the file, without a gap that somebody else could take. */
    private static boolean canLieBetween(List<Mapping> between, Run last, Run next, StemLayout layout) {
        long bytes = between.stream().mapToLong(Mapping::bytes).sum();
        return bytes == next.start() - last.end() && between.stream().allMatch(layout::canLieInFile);
    }

    private static Run piece(Mapping mapping, int protection) {
        return new Run(mapping.start(), mapping.end(), protection, Run.Kind.FILE, List.of(mapping));
    }

    long start() {
        return runs.get(0).start();
    }

    long end() {
        return runs.get(runs.size() - 1).end();
    }

    long bytes() {
        return end() - start();
    }

    int protection() {
        return runs.get(0).protection();
    }
}
