package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.process.Worker;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The order of signals; no worker is real, and time is what the test says. */
class TimeLimitsTest {
    private static final long SECOND = 1_000_000_000;
    private static final Worker FIRST = new Worker(101, 1, 0);
    private static final Worker SECOND_WORKER = new Worker(102, 2, 0);

    private final RecordedLog log = new RecordedLog();
    private final TimeLimits times = new TimeLimits(Optional.of(Duration.ofSeconds(10)), Optional.empty(), log.log());
    private final List<String> sent = new ArrayList<>();

    @Test
    void aWorkerIsAskedThenKilledAndItsEndHasTheReason() throws IOException {
        start(FIRST, 0);

        enforce(10 * SECOND - 1);
        assertEquals(List.of(), sent);
        assertEquals(Optional.of(Duration.ofMillis(1)), times.nextLook(10 * SECOND - 1));
        enforce(10 * SECOND);
        assertEquals(List.of("101 SIGTERM"), sent);
        enforce(15 * SECOND - 1);
        enforce(15 * SECOND);

        assertEquals(List.of("101 SIGTERM", "101 SIGKILL"), sent);
        assertEquals(Optional.of("max-lifetime"), times.ended(FIRST));
        assertEquals(Optional.empty(), times.nextLook(99 * SECOND));
    }

    @Test
    void aWorkerThatEndsInTimeIsLeftAlone() throws IOException {
        start(FIRST, 0);
        start(SECOND_WORKER, 4 * SECOND);

        assertEquals(Optional.empty(), times.ended(FIRST));
        enforce(13 * SECOND);
        assertEquals(List.of(), sent);
        assertEquals(Optional.of(Duration.ofSeconds(1)), times.nextLook(13 * SECOND));
        enforce(14 * SECOND);

        assertEquals(List.of("102 SIGTERM"), sent);
    }

    @Test
    void aWorkerThatObeysIsNotKilled() throws IOException {
        start(FIRST, 0);
        enforce(10 * SECOND);

        assertEquals(Optional.of("max-lifetime"), times.ended(FIRST));
        enforce(99 * SECOND);

        assertEquals(List.of("101 SIGTERM"), sent);
    }

    private void start(Worker worker, long now) throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM);
                Fd socket = Posix.duplicate(pair.first().number())) {
            times.started(worker, socket, now);
        }
    }

    private void enforce(long now) {
        times.enforce(
                (worker, signal) -> {
                    sent.add(worker.pid() + " " + signal);
                    return Optional.empty();
                },
                now);
    }
}
