package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import forkd.zygote.ZygoteProtocol;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The launcher's book-keeping of workers that wait on a queue. */
class WaitingWorkersTest {
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    private SocketPair queue;
    private Fd socket;
    private WaitingWorkers workers;

    @BeforeEach
    void open() throws ErrnoException {
        queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        socket = Posix.duplicate(queue.first().number());
        workers = new WaitingWorkers(queue.first(), Handovers.LIMIT);
    }

    @AfterEach
    void close() {
        queue.close();
        socket.close();
    }

    @Test
    void aConnectionThatIsUnderWayTakesAWorkerOutOfTheCount() {
        workers.idle(11);
        workers.idle(12);

        assertTrue(send(7));

        assertEquals(1, workers.waiting());
    }

    @Test
    void whoReportsAConnectionWaitsNoMore() {
        workers.idle(11);
        workers.idle(12);
        Incoming connection = connection(7);
        workers.send(connection, packet, ZygoteProtocol.SHORT_BYTES);

        assertSame(connection, workers.started(12, 7));

        assertEquals(1, workers.waiting());
        assertFalse(workers.ended(12));
        assertTrue(workers.ended(11));
    }

    /** Found with a stem that was killed under load: the two reports come over different sockets. */
    @Test
    void aReportThatIsReadAheadOfTheOtherLeavesNoGhost() {
        workers.idle(11);
        send(7);
        workers.started(12, 7);

        assertFalse(workers.idle(12));

        assertEquals(1, workers.waiting());
    }

    @Test
    void anEndThatIsUnderWayTakesAWorkerOutOfTheCount() {
        workers.idle(11);

        workers.endOne(packet);
        workers.endOne(packet);

        assertEquals(0, workers.waiting());
        assertTrue(workers.ended(11));
        assertEquals(0, workers.waiting());
    }

    @Test
    void aConnectionThatWasGivenUpIsNobodys() {
        workers.idle(11);
        send(7);

        assertEquals(
                List.of(7L), workers.sent().takeAll().stream().map(Incoming::id).toList());

        assertNull(workers.started(11, 7));
    }

    @Test
    void nothingIsSentWhereNobodyHoldsTheOtherEnd() {
        workers.idle(11);
        queue.second().close();

        assertFalse(send(7));

        assertTrue(workers.sent().isEmpty());
    }

    private boolean send(long id) {
        Incoming connection = connection(id);
        return workers.send(connection, packet, ZygoteProtocol.SHORT_BYTES);
    }

    private Incoming connection(long id) {
        return new Incoming(id, socket, UnixAddr.UNNAMED, "unix:x", System.nanoTime());
    }
}
