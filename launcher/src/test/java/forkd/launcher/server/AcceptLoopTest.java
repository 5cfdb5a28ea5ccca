package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.access.Access;
import forkd.launcher.admission.Admission;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.Load;
import forkd.launcher.admission.Rate;
import forkd.launcher.process.Incoming;
import forkd.launcher.process.LaunchListener;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerTable;
import forkd.launcher.proxy.ProxyPolicy;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SocketAddr;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With the kernel's sockets and a launcher that starts nothing. The clients connect before the loop runs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AcceptLoopTest {
    private static final int FIRST_PID = 1_000_000;

    private final RecordedLog log = new RecordedLog();
    private final List<Fd> clients = new ArrayList<>();
    private final List<Incoming> launched = new ArrayList<>();
    private WakePipe wake;
    private StopRequest stop;
    private Listener listener;

    @BeforeEach
    void open() throws IOException {
        wake = new WakePipe();
        stop = new StopRequest(wake::wake);
        listener = listening();
    }

    @AfterEach
    void close() {
        listener.close();
        clients.forEach(Fd::close);
        wake.close();
    }

    @Test
    void everyConnectionIsGivenToAWorkerInItsTurn() throws IOException {
        connect(listener);
        connect(listener);
        connect(listener);

        run(table(10), stoppingAfter(3));

        assertEquals(List.of(1L, 2L, 3L), launched.stream().map(Incoming::id).toList());
        assertEquals(
                List.of(addressOf(0), addressOf(1), addressOf(2)),
                launched.stream().map(Incoming::peer).toList());
        assertEquals(
                List.of(listener.name()),
                launched.stream().map(Incoming::listener).distinct().toList());
    }

    @Test
    void everyAcceptIsLoggedWithTheTakenSlots() throws IOException {
        connect(listener);
        connect(listener);

        run(table(10), stoppingAfter(2));

        assertEquals(
                "accept id=1 peer=" + addressOf(0) + " worker=1000001 live=1/10\n" + "accept id=2 peer=" + addressOf(1)
                        + " worker=1000002 live=2/10\n",
                log.text());
    }

    @Test
    void moreConnectionsThanABatchAreAllAccepted() throws IOException {
        for (int i = 0; i < 40; i++) {
            connect(listener);
        }

        run(table(100), stoppingAfter(40));

        assertEquals(40, launched.size());
    }

    @Test
    void theLoopsCopyOfTheConnectionIsClosed() throws IOException {
        Fd client = connect(listener);

        run(table(10), stoppingAfter(1));

        assertFalse(launched.get(0).socket().isOpen());
        assertEquals(-1, Posix.read(client, new byte[1], 0, 1));
    }

    @Test
    void aWorkerThatCannotBeStartedCostsItsOwnConnectionOnly() throws IOException {
        Fd refused = connect(listener);
        connect(listener);
        WorkerTable table = table(10);
        Start second = stoppingAfter(1);

        run(table, connection -> {
            if (connection.id() == 1) {
                throw new ErrnoException("posix_spawn(/bin/x)", Errno.EAGAIN);
            }
            return second.start(connection);
        });

        assertEquals(
                "reject id=1 peer=" + addressOf(0) + " reason=start"
                        + " error=\"posix_spawn(/bin/x) failed: EAGAIN (Resource temporarily unavailable)\"",
                log.text().lines().findFirst().orElseThrow());
        assertEquals(-1, Posix.read(refused, new byte[1], 0, 1));
        assertEquals(1, launched.size());
        assertEquals(1, table.taken(), "the slot of the refused connection is free");
    }

    @Test
    void withoutRoomAConnectionWaitsInTheBacklog() throws Exception {
        connect(listener);
        connect(listener);
        CountDownLatch first = new CountDownLatch(1);
        Thread stopper = new Thread(() -> {
            try {
                first.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            stop.signal();
        });
        stopper.start();

        run(table(1), connection -> {
            launched.add(connection);
            first.countDown();
            return FIRST_PID;
        });
        stopper.join();

        assertEquals(1, launched.size());
        assertTrue(accepted().isPresent(), "the second connection is not accepted yet");
    }

    @Test
    void aFreedSlotIsUsedForTheConnectionThatWaits() throws IOException {
        connect(listener);
        connect(listener);
        WorkerTable table = table(1);
        table.reserve();
        Start launcher = stoppingAfter(2);
        Thread freeing = new Thread(() -> {
            table.cancel();
            wake.wake();
        });
        freeing.start();

        run(table, connection -> {
            int pid = launcher.start(connection);
            // As if it had ended at once: the loop's own slot is given back as well.
            throw new ErrnoException("end of " + pid, Errno.ECHILD);
        });

        assertEquals(2, launched.size());
    }

    @Test
    void allListenersAreServed() throws IOException {
        try (Listener other = listening()) {
            connect(listener);
            connect(other);

            run(List.of(listener, other), table(10), stoppingAfter(2));

            assertEquals(
                    List.of(listener.name(), other.name()),
                    launched.stream().map(Incoming::listener).toList());
        }
    }

    @Test
    void afterAStopNothingIsAccepted() throws IOException {
        connect(listener);
        stop.signal();

        run(table(10), stoppingAfter(1));

        assertEquals(List.of(), launched);
        assertTrue(accepted().isPresent());
    }

    /** Else the loop would sleep without end, and nobody would be accepted any more. */
    @Test
    void aTokenThatComesBetweenTwoLooksAtTheClockIsNotMissed() throws IOException {
        AtomicLong clock = new AtomicLong();
        AdmissionLimits limits = limitedTo(Rate.parse("1/s,1"));
        Admission admission = new Admission(limits, () -> 0, penalty -> {}, clock.get());
        Arrivals arrivals = new Arrivals(limits);
        Gate gate = new Gate(
                new Gate.Doors(
                        new AccessControl(Access.open(), List.of(), log.log()),
                        admission,
                        arrivals,
                        table(10),
                        new FakeLauncher(stoppingAfter(1))),
                new Refusals(log.log()),
                new EndWake(wake),
                clock::getAndIncrement);
        Incoming first = new Incoming(1, connect(listener), addressOf(0), listener.name(), 0);
        admission.decide(arrivals.of(first, OptionalInt.empty()), new Load(0, 0, true), 0);

        clock.set(admission.nanosToNext(0) - 2); // the gate looks twice; then it would be there
        gate.progress();

        assertFalse(gate.isOpen());
        assertEquals(Optional.of(Duration.ofMillis(1)), gate.nextLook());
    }

    private static AdmissionLimits limitedTo(Rate rate) {
        AdmissionLimits all = AdmissionLimits.of(10);
        return new AdmissionLimits(
                all.connections(),
                all.perSource(),
                all.prefix(),
                Optional.of(rate),
                all.starting(),
                all.admins(),
                all.adminSlots(),
                all.penalties(),
                all.maxWaiting());
    }

    private void run(WorkerTable table, Start start) throws IOException {
        run(List.of(listener), table, start);
    }

    private void run(List<Listener> listeners, WorkerTable table, Start start) throws IOException {
        FakeLauncher launcher = new FakeLauncher(start);
        AdmissionLimits limits = AdmissionLimits.of(table.maximum());
        Admission admission = new Admission(limits, () -> 0, penalty -> {}, System.nanoTime());
        Refusals refusals = new Refusals(log.log());
        TimeLimits times = TimeLimits.open(WorkerTimes.UNLIMITED, log.log());
        launcher.start(new Handover(admission, table, times, refusals, log.log(), wake));
        Gate gate = new Gate(
                new Gate.Doors(
                        new AccessControl(Access.open(), List.of(), log.log()),
                        admission,
                        new Arrivals(limits),
                        table,
                        launcher),
                refusals,
                new EndWake(wake));
        ProxyPolicy proxies = new ProxyPolicy(ProxyPolicy.LOCAL, ProxyPolicy.TIMEOUT);
        new AcceptLoop(
                        listeners,
                        gate,
                        new Entrance(proxies, table.maximum(), gate, refusals),
                        table,
                        launcher,
                        wake,
                        times,
                        new AtomicLong(),
                        log.log())
                .run(stop, new ReloadRequest(wake::wake));
    }

    private Start stoppingAfter(int connections) {
        return connection -> {
            launched.add(connection);
            if (launched.size() == connections) {
                stop.signal();
            }
            return FIRST_PID + launched.size();
        };
    }

    private WorkerTable table(int maximum) {
        return new WorkerTable(maximum, (worker, status) -> {
            throw new IllegalStateException("nothing was started");
        });
    }

    private Fd connect(Listener to) throws IOException {
        Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
        clients.add(client);
        Sockets.connect(client, ListenAddress.parse(to.name()).address());
        return client;
    }

    private SocketAddr addressOf(int client) throws IOException {
        return Sockets.getsockname(clients.get(client));
    }

    private static Listener listening() throws IOException {
        return Listener.open(ListenAddress.parse("127.0.0.1:0"), 64);
    }

    private Optional<SocketAddr> accepted() throws IOException {
        return listener.accept().map(connection -> {
            connection.socket().close();
            return connection.peer();
        });
    }

    /** What becomes of a connection: the pid of its worker, or why it has none. */
    private interface Start {
        int start(Incoming connection) throws ErrnoException;
    }

    /** Answers at once, as posix_spawn(3) does. */
    private static final class FakeLauncher implements WorkerLauncher {
        private final Start start;
        private LaunchListener listener;

        FakeLauncher(Start start) {
            this.start = start;
        }

        @Override
        public void start(LaunchListener toTell) {
            listener = toTell;
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void launch(Incoming connection) {
            int pid;
            try {
                pid = start.start(connection);
            } catch (ErrnoException e) {
                listener.failed(connection, e);
                return;
            }
            listener.started(connection, pid);
        }

        @Override
        public List<Fd> events() {
            return List.of();
        }

        @Override
        public void progress() {}

        @Override
        public String model() {
            return "fake";
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
