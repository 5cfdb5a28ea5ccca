package forkd.launcher.server;

import java.time.Duration;
import java.util.Optional;

/**
 * How long workers may take.
 *
 * @param lifetime how long a worker may live; empty for as long as it likes
 * @param idle how long no byte may come or go; empty for as long as it likes
 */
public record WorkerTimes(Optional<Duration> lifetime, Optional<Duration> idle) {
    public static final WorkerTimes UNLIMITED = new WorkerTimes(Optional.empty(), Optional.empty());
}
