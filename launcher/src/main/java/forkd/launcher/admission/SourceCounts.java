package forkd.launcher.admission;

import java.util.HashMap;
import java.util.Map;

/** How many connections each source has: with a worker, and waiting. Used under its owner's lock. */
final class SourceCounts {
    private static final class Count {
        private int live;
        private int waiting;
    }

    private final Map<Source, Count> counts = new HashMap<>();
    private int waiting;

    int live(Source source) {
        Count count = counts.get(source);
        return count == null ? 0 : count.live;
    }

    int waiting(Source source) {
        Count count = counts.get(source);
        return count == null ? 0 : count.waiting;
    }

    /** Counts one more with a worker; tells how many of this source these are. */
    int addLive(Source source) {
        return ++counts.computeIfAbsent(source, any -> new Count()).live;
    }

    void addWaiting(Source source) {
        counts.computeIfAbsent(source, any -> new Count()).waiting++;
        waiting++;
    }

    void removeLive(Source source) {
        Count count = counts.get(source);
        count.live--;
        dropEmpty(source, count);
    }

    void removeWaiting(Source source) {
        Count count = counts.get(source);
        count.waiting--;
        waiting--;
        dropEmpty(source, count);
    }

    /** The waiting connections of all sources. */
    int allWaiting() {
        return waiting;
    }

    /** How many sources there are: none is kept that has no connection. */
    int size() {
        return counts.size();
    }

    private void dropEmpty(Source source, Count count) {
        if (count.live == 0 && count.waiting == 0) {
            counts.remove(source);
        }
    }
}
