package forkd.launcher.admission;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Times at which something is due, each for a key; ordered, so that looking costs nothing while nothing is due, and ten
 * thousand keys cost no more than the logarithm. Times are {@link System#nanoTime}'s. Used by one thread, or under its owner's
 * lock.
 */
public final class Deadlines<K> {
    private record Entry<K>(K key, long due, long order) {}

    private final Map<K, Entry<K>> entries = new HashMap<>();
    /** nanoTime may overflow, so times are compared by their difference. */
    private final TreeSet<Entry<K>> ordered = new TreeSet<>(
            ((Comparator<Entry<K>>) (a, b) -> Long.signum(a.due() - b.due())).thenComparingLong(Entry::order));

    private long orders;

    /** The key is due then, and not when it was before. */
    public void set(K key, long due) {
        remove(key);
        Entry<K> entry = new Entry<>(key, due, orders++);
        entries.put(key, entry);
        ordered.add(entry);
    }

    public void remove(K key) {
        Entry<K> entry = entries.remove(key);
        if (entry != null) {
            ordered.remove(entry);
        }
    }

    /** Takes one out that is due; the earliest first. */
    public Optional<K> take(long now) {
        if (ordered.isEmpty() || ordered.first().due() - now > 0) {
            return Optional.empty();
        }
        return takeFirst();
    }

    /** Takes the earliest out, due or not. */
    Optional<K> takeFirst() {
        Entry<K> first = ordered.pollFirst();
        if (first == null) {
            return Optional.empty();
        }
        entries.remove(first.key());
        return Optional.of(first.key());
    }

    /** In how many nanoseconds the earliest is due, 0 for now; empty where nothing is. */
    public OptionalLong nanosToNext(long now) {
        return ordered.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, ordered.first().due() - now));
    }

    public int size() {
        return entries.size();
    }
}
