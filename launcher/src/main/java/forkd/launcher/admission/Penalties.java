package forkd.launcher.admission;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The penalties of all sources. They add up, count from a minimum on, and pass by themselves. The table is bounded: where it
 * is full the one goes that would have passed first. Used under its owner's lock.
 */
final class Penalties {
    private static final int MAX_SOURCES = 1 << 16;

    private record Standing(long end, boolean counts) {}

    private final PenaltyRules rules;
    private final int maximum;
    private final Map<Source, Standing> standings = new HashMap<>();
    private final Deadlines<Source> ends = new Deadlines<>();

    Penalties(PenaltyRules rules) {
        this(rules, MAX_SOURCES);
    }

    /** @param maximum how many sources are remembered */
    Penalties(PenaltyRules rules, int maximum) {
        this.rules = rules;
        this.maximum = maximum;
    }

    /** A source has offended; tells of a penalty that begins to count with that. */
    Optional<Penalty> add(Source source, Offence offence, long now) {
        Duration time = rules.times().get(offence);
        if (time == null) {
            return Optional.empty();
        }
        forgetPassed(now);
        Standing before = standings.get(source);
        long sum = Math.min(
                (before == null ? 0 : before.end - now) + time.toNanos(),
                rules.maximum().toNanos());
        boolean counted = before != null && before.counts;
        boolean counts = counted || sum >= rules.minimum().toNanos();
        if (before == null && standings.size() >= maximum) {
            ends.takeFirst().ifPresent(standings::remove);
        }
        standings.put(source, new Standing(now + sum, counts));
        ends.set(source, now + sum);
        return counts && !counted ? Optional.of(new Penalty(source, offence, Duration.ofNanos(sum))) : Optional.empty();
    }

    /** Whether connections of this source are refused now. */
    boolean counts(Source source, long now) {
        Standing standing = standings.get(source);
        return standing != null && standing.counts && standing.end - now > 0;
    }

    int size() {
        return standings.size();
    }

    private void forgetPassed(long now) {
        for (Optional<Source> passed = ends.take(now); passed.isPresent(); passed = ends.take(now)) {
            standings.remove(passed.get());
        }
    }
}
