package forkd.launcher.cli;

import java.time.Duration;

/** One entry of {@code --penalty}. */
record PenaltyTime(Kind kind, Duration time) {
    enum Kind {
        CRASH,
        EXIT,
        TIMEOUT,
        REFUSED,
        MIN,
        MAX
    }
}
