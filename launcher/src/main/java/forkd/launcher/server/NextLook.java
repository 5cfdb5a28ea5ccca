package forkd.launcher.server;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a loop may sleep though several have something to do later. It is asked for in every turn, and a stream takes long
 * where there is no second compiler.
 */
final class NextLook {
    private NextLook() {}

    /** The shortest; empty where nobody has anything to do. */
    @SafeVarargs
    static Optional<Duration> first(Optional<Duration>... looks) {
        Optional<Duration> first = Optional.empty();
        for (Optional<Duration> look : looks) {
            if (look.isPresent() && (first.isEmpty() || look.get().compareTo(first.get()) < 0)) {
                first = look;
            }
        }
        return first;
    }
}
