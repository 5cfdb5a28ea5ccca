package forkd.launcher.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Workers that have been started and have neither reported that they wait nor ended. Each has so much time for it. */
final class StartingWorkers {
    private final long limit;
    private final Map<Integer, Long> since = new LinkedHashMap<>();
    private final Set<Integer> late = new HashSet<>();

    StartingWorkers(Duration limit) {
        this.limit = limit.toNanos();
    }

    void add(int pid, long now) {
        since.put(pid, now);
    }

    /** A worker waits, or has ended. */
    boolean remove(int pid) {
        late.remove(pid);
        return since.remove(pid) != null;
    }

    boolean contains(int pid) {
        return since.containsKey(pid);
    }

    int size() {
        return since.size();
    }

    /** All of them. */
    List<Integer> pids() {
        return List.copyOf(since.keySet());
    }

    /** Those whose time has run out since the last call; they stay here until they have ended. */
    List<Integer> takeLate(long now) {
        List<Integer> found = since.entrySet().stream()
                .filter(start -> now - start.getValue() >= limit && !late.contains(start.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        late.addAll(found);
        return found;
    }

    /** Whether its time has run out. */
    boolean isLate(int pid) {
        return late.contains(pid);
    }
}
