package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.freeze.ChildWatch;
import forkd.launcher.freeze.EarlyNeed;
import forkd.launcher.freeze.FrozenStem;
import forkd.launcher.freeze.LateRevival;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.PacketBuffer;
import forkd.posix.PlainProcess;
import forkd.posix.PollSet;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.SpawnRequest;
import forkd.posix.UnixAddr;
import forkd.posix.WaitStatus;
import forkd.posix.Zombies;
import forkd.zygote.ZygoteProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The launcher's side of a stem, whose part is played by a process that sleeps. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StemTest {
    private static final int NOBODY = Integer.MAX_VALUE;
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMillis(300);

    private final List<String> told = new ArrayList<>();
    private final WorkerTable table = new WorkerTable(10, this::ended);

    /** Whoever was stopped between its fork and its report: it goes on when its connection has been given up. */
    @Test
    void aWorkerThatReportsTooLateIsKilledAndSoIsItsStem() throws Exception {
        int pid = sleeper();
        table.expect();
        table.adopt(pid, status -> told.add("stem " + status.signal()));
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair client = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            Stem stem = stem(new FrozenStem(pid, control.first(), queue.first(), 0, List.of(), 0, new EarlyNeed()));
            table.reserve();
            assertTrue(stem.send(new Incoming(7, client.second(), UnixAddr.UNNAMED, "unix:x", System.nanoTime())));
            awaitFree(stem, control);
            // Another copy of it lies in the control socket.
            assertEquals(-1, Posix.read(client.first(), new byte[1], 0, 1));
            assertTrue(stem.isStuck());

            int worker = sleeper();
            report(control, ZygoteProtocol.STARTED, worker, 7);
            stem.receive();

            awaitEnds();
            assertEquals(1, told.stream().filter("stem SIGKILL"::equals).count());
            assertTrue(told.contains("warn worker " + worker + " has begun too late, and is killed"), () -> "" + told);
            assertEquals(0, table.taken());
        }
    }

    /** Its stem has done what it was asked for. */
    @Test
    void aSpareThatReportsTooLateIsKilledAlone() throws Exception {
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair client = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            Stem stem = stem(new FrozenStem(NOBODY, control.first(), queue.first(), 0, List.of(), 0, new EarlyNeed()));
            int first = sleeper();
            int second = sleeper();
            stem.addSpare();
            stem.addSpare();
            report(control, ZygoteProtocol.IDLE, first, 0);
            stem.receive();
            table.reserve();
            assertTrue(stem.send(new Incoming(7, client.second(), UnixAddr.UNNAMED, "unix:x", System.nanoTime())));
            awaitFree(stem, control);
            assertFalse(stem.isStuck());

            report(queue, ZygoteProtocol.STARTED, first, 7);
            // It got a connection, too, that had been given up, and its first report is read last.
            report(queue, ZygoteProtocol.STARTED, second, 7);
            report(control, ZygoteProtocol.IDLE, second, 0);
            stem.receive();

            awaitEnds();
            assertEquals(
                    List.of("spare " + first),
                    told.stream().filter(line -> line.startsWith("spare")).toList());
            assertEquals(0, stem.spares());
        }
    }

    /** The loop accepts before it reads reports: a fork would take longer, and the spare would wait for nothing. */
    @Test
    void aSpareWhoseReportHasNotBeenReadGetsTheConnection() throws Exception {
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair client = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            Stem stem = stem(new FrozenStem(NOBODY, control.first(), queue.first(), 0, List.of(), 0, new EarlyNeed()));
            int spare = sleeper();
            stem.addSpare();
            report(control, ZygoteProtocol.IDLE, spare, 0);
            table.reserve();
            assertTrue(stem.send(new Incoming(7, client.second(), UnixAddr.UNNAMED, "unix:x", System.nanoTime())));

            PacketBuffer request = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
            assertTrue(request.poll(queue.second()) > 0, "sent to the spares");
            assertEquals(7, request.getLong(ZygoteProtocol.ID));
            PlainProcess.close(request.descriptor(0));
            Posix.kill(spare, Signal.SIGKILL);
            awaitEnds();
        }
    }

    /** It leaves nothing but its end: the pid is nobody's. */
    @Test
    void aSpareThatDiesBeforeItReportsIsGivenUp() throws Exception {
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            Stem stem = stem(new FrozenStem(NOBODY, control.first(), queue.first(), 0, List.of(), 0, new EarlyNeed()));
            stem.addSpare();
            assertFalse(stem.isFree());

            while (!stem.isFree()) {
                LockSupport.parkNanos(STEP.toNanos());
                stem.receive();
            }

            assertEquals(0, stem.spares());
            assertFalse(stem.isStuck(), "a spare is nobody's loss");
            // The next one is as good as any.
            int next = sleeper();
            stem.addSpare();
            report(control, ZygoteProtocol.IDLE, next, 0);
            stem.receive();
            assertEquals(1, stem.spares());
            Posix.kill(next, Signal.SIGKILL);
            awaitEnds();
            assertEquals(List.of("spare " + next), told);
        }
    }

    /** As where no more processes are allowed: neither all of the time nor a line for each. */
    @Test
    void aSpareThatCannotBeForkedIsTriedAgainAfterAWhileAndToldOnce() throws Exception {
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            Stem stem = stem(new FrozenStem(NOBODY, control.first(), queue.first(), 0, List.of(), 0, new EarlyNeed()));
            for (int i = 0; i < 2; i++) {
                while (!stem.hasSpareForks()) {
                    LockSupport.parkNanos(STEP.toNanos());
                }
                stem.addSpare();
                report(control, ZygoteProtocol.FORK_FAILED, Errno.EAGAIN.number(), 0);
                stem.receive();

                assertFalse(stem.hasSpareForks());
                assertTrue(stem.isFree());
                assertEquals(0, stem.spares());
            }
            assertEquals(1, told.size(), () -> "" + told);
            assertTrue(told.get(0).startsWith("warn no spare: fork(echo) failed: EAGAIN"), () -> "" + told);
        }
    }

    private void awaitFree(Stem stem, SocketPair control) throws ErrnoException {
        PollSet poll = new PollSet(1);
        while (table.taken() > 0) {
            poll.clear();
            poll.add(control.first());
            poll.await(STEP);
            stem.receive();
        }
    }

    /** Until there is no child left. */
    private void awaitEnds() throws ErrnoException {
        while (Zombies.await().isPresent()) {
            table.children().reap();
        }
    }

    private Stem stem(FrozenStem frozen) {
        Listener listener = new Listener();
        return new Stem(
                frozen,
                "echo",
                new ConnectionPacket("echo", WorkerEnvironment.plain(Map.of())),
                listener,
                new LateRevival(table, listener::warn),
                spare -> told.add("spare " + spare),
                Confiner.NONE,
                LIMIT);
    }

    private static void report(SocketPair socket, byte type, int worker, long id) throws ErrnoException {
        PacketBuffer report = new PacketBuffer(ZygoteProtocol.SHORT_BYTES, 0);
        report.putByte(ZygoteProtocol.TYPE, type);
        report.putInt(ZygoteProtocol.NUMBER, worker);
        report.putLong(ZygoteProtocol.ID, id);
        report.send(socket.second(), ZygoteProtocol.SHORT_BYTES, List.of());
    }

    private static int sleeper() throws ErrnoException {
        return Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "50"), List.of(), List.of()));
    }

    private void ended(Worker worker, WaitStatus status) {
        told.add("worker " + worker.pid());
    }

    /** As the server's. */
    private final class Listener implements LaunchListener {
        @Override
        public void started(Incoming connection, int pid) {
            table.publish(new Worker(pid, connection.id(), 0));
        }

        @Override
        public void failed(Incoming connection, ErrnoException why) {
            connection.socket().close();
            table.cancel();
        }

        @Override
        public void warn(String message) {
            told.add("warn " + message);
        }

        @Override
        public void stem(int pid, String reason, double seconds) {
            throw new AssertionError("nobody makes one here");
        }

        @Override
        public void wake() {
            throw new AssertionError("nothing happens on another thread");
        }

        @Override
        public ChildWatch children() {
            return table;
        }
    }
}
