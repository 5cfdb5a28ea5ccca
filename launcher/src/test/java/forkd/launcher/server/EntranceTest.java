package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.access.Access;
import forkd.launcher.admission.Admission;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.StartingLimit;
import forkd.launcher.process.Incoming;
import forkd.launcher.process.LaunchListener;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerTable;
import forkd.launcher.proxy.ProxyPolicy;
import forkd.posix.AcceptedConnection;
import forkd.posix.Fd;
import forkd.posix.PollSet;
import forkd.posix.Posix;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turn by turn, with the kernel's sockets and a launcher whose workers never report: what it has launched stays "starting". */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EntranceTest {
    private static final byte[] HEADER =
            "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST = 20;

    private final RecordedLog log = new RecordedLog();
    private final List<Fd> clients = new ArrayList<>();
    private final List<Incoming> launched = new ArrayList<>();
    private final PollSet poll = new PollSet(MOST);
    private WakePipe wake;
    private Listener listener;

    @BeforeEach
    void open() throws IOException {
        wake = new WakePipe();
        listener = Listener.open(ListenAddress.parse("127.0.0.1:0"), 64);
    }

    @AfterEach
    void close() {
        launched.forEach(connection -> connection.socket().close());
        clients.forEach(Fd::close);
        listener.close();
        wake.close();
    }

    @Test
    void aConnectionWhoseHeaderComesLaterDoesNotCountItself() throws IOException {
        try (Entrance entrance = entrance("1")) {
            enterMutes(entrance, 1);
            sendHeaders(1);
            turn(entrance);

            assertEquals(1, launched.size(), log::text);
        }
    }

    @Test
    void connectionsWhoseHeadersComeInOneTurnCountOnce() throws IOException {
        try (Entrance entrance = entrance("10")) {
            enterMutes(entrance, 10);
            sendHeaders(10);
            turn(entrance);

            assertEquals(10, launched.size(), log::text);
        }
    }

    @Test
    void thoseThatStillWaitForTheirsCount() throws IOException {
        try (Entrance entrance = entrance("3")) {
            enterMutes(entrance, 4);
            sendHeaders(2);
            turn(entrance);

            assertEquals(List.of(2L), launched.stream().map(Incoming::id).toList(), log::text);
        }
    }

    @Test
    void aFullWaitingRoomIsShutForThoseWhoWouldWaitThere() throws IOException {
        try (Entrance entrance = entrance("100")) {
            enterMutes(entrance, MOST);
            assertFalse(entrance.isOpen(true));
            assertTrue(entrance.isOpen(false));

            sendHeaders(1);
            turn(entrance);

            assertTrue(entrance.isOpen(true));
        }
    }

    private Entrance entrance(String starting) {
        AdmissionLimits all = AdmissionLimits.of(100);
        AdmissionLimits limits = new AdmissionLimits(
                all.connections(),
                all.perSource(),
                all.prefix(),
                all.rate(),
                Optional.of(StartingLimit.parse(starting)),
                all.admins(),
                all.adminSlots(),
                all.penalties(),
                all.maxWaiting());
        Refusals refusals = new Refusals(log.log());
        Gate gate = new Gate(
                new Gate.Doors(
                        new AccessControl(Access.open(), List.of(), log.log()),
                        new Admission(limits, () -> 0, penalty -> {}, System.nanoTime()),
                        new Arrivals(limits),
                        new WorkerTable(100, (worker, status) -> {
                            throw new IllegalStateException("nothing was started");
                        }),
                        new SilentLauncher()),
                refusals,
                new EndWake(wake));
        return new Entrance(new ProxyPolicy(ProxyPolicy.LOCAL, Duration.ofHours(1)), MOST, gate, refusals);
    }

    /** So many connections of a proxy that has sent nothing yet, numbered from 1. */
    private void enterMutes(Entrance entrance, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
            clients.add(client);
            Sockets.connect(client, ListenAddress.parse(listener.name()).address());
            AcceptedConnection accepted = listener.accept().orElseThrow();
            entrance.enter(
                    new Incoming(
                            clients.size(), accepted.socket(), accepted.peer(), listener.name(), System.nanoTime()),
                    true);
        }
    }

    private void sendHeaders(int count) throws IOException {
        for (Fd client : clients.subList(0, count)) {
            Posix.write(client, HEADER, 0, HEADER.length);
        }
    }

    private void turn(Entrance entrance) throws IOException {
        poll.clear();
        entrance.watch(poll);
        poll.await(null);
        entrance.progress(poll);
    }

    private final class SilentLauncher implements WorkerLauncher {
        @Override
        public void start(LaunchListener toTell) {}

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void launch(Incoming connection) {
            launched.add(connection);
        }

        @Override
        public List<Fd> events() {
            return List.of();
        }

        @Override
        public void progress() {}

        @Override
        public String model() {
            return "silent";
        }

        @Override
        public void reload() {}

        @Override
        public Optional<Duration> nextLook() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
