package forkd.launcher.freeze;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How long it is waited for a zygote's threads to come to rest. The compilers get long: what the warm-up has made hot stands in
 * their queue. Any other thread that is at work at every try is the handler's. Either it never rests, because it computes
 * without end or waits in a system call, or it does what the warm-up has left to it, as filling a cache; for that it has some
 * seconds. Who is at work now and then, as a timer, has as long as the compilers.
 *
 * <p>One thread.
 */
final class Patience {
    private static final Duration ALL = Duration.ofSeconds(20);
    private static final Duration WITHOUT_REST = Duration.ofSeconds(5);

    /** The kernel knows the first 15 characters of "C2 CompilerThread0". */
    private static final Pattern COMPILER = Pattern.compile("C[12] CompilerThre.*");

    private final long start;
    private final Map<String, Long> busySince = new HashMap<>();

    /** @param now of System.nanoTime, as each time here */
    Patience(long now) {
        this.start = now;
    }

    /**
     * To be asked after every try.
     *
     * @param busy the names of the threads that were at work at it
     * @return what is over; empty where there may be another try
     */
    Optional<Duration> isOver(Set<String> busy, long now) {
        busySince.keySet().retainAll(busy);
        busy.forEach(name -> busySince.putIfAbsent(name, now));
        if (now - start > ALL.toNanos()) {
            return Optional.of(ALL);
        }
        boolean isRestless = busySince.entrySet().stream()
                .anyMatch(one ->
                        !COMPILER.matcher(one.getKey()).matches() && now - one.getValue() > WITHOUT_REST.toNanos());
        return isRestless ? Optional.of(WITHOUT_REST) : Optional.empty();
    }
}
