package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.process.Worker;
import forkd.posix.Fd;
import forkd.posix.Pipe;
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

    /** A passing ENOMEM, say; here ENOTSOCK. The connection may be as busy as it likes. */
    @Test
    void aConnectionThatTheKernelDoesNotTellOfIsNotIdle() throws IOException {
        try (TimeLimits idle = idle();
                Pipe noSocket = Posix.pipe()) {
            idle.started(FIRST, noSocket.readEnd(), 0);

            assertEquals(Optional.empty(), idle.nextLook(0));
            assertTrue(
                    log.text().startsWith("warn message=\"connection 1 has no idle-timeout: getsockname("), log::text);
        }
    }

    @Test
    void aConnectionWhoseClientHasGoneIsIdle() throws IOException {
        try (TimeLimits idle = idle();
                Fd unconnected = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            idle.started(FIRST, unconnected, 0);

            enforce(idle, 10 * SECOND);

            assertEquals(List.of("101 SIGTERM"), sent);
            assertEquals("", log.text());
        }
    }

    private TimeLimits idle() throws IOException {
        return TimeLimits.open(new WorkerTimes(Optional.empty(), Optional.of(Duration.ofSeconds(10))), log.log());
    }

    private void start(Worker worker, long now) throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM);
                Fd socket = Posix.duplicate(pair.first().number())) {
            times.started(worker, socket, now);
        }
    }

    private void enforce(long now) {
        enforce(times, now);
    }

    private void enforce(TimeLimits limits, long now) {
        limits.enforce(
                (worker, signal) -> {
                    sent.add(worker.pid() + " " + signal);
                    return Optional.empty();
                },
                now);
    }
}
