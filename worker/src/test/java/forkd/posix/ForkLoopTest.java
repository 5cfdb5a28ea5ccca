package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The loop's instructions, with other system calls in the place of clone(2): a copy of this JVM would not live. What a real fork
 * does in it the tests of the fork model show.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForkLoopTest {
    /** Answers a number above 0, as clone(2) does in the parent. */
    private static final long SYS_GETPID = 39;
    /** Refused with ENOSYS. */
    private static final long NO_SYSTEM_CALL = 100_000;

    private static final int ENOSYS = 38;
    private static final int LENGTH = 16;
    private static final int ERROR = 4;
    private static final int ID = 8;

    private final RawFork fork = RawFork.ofCurrentThread();
    private final PacketBuffer request = new PacketBuffer(LENGTH, 2);
    private final PacketBuffer packet = new PacketBuffer(LENGTH, 2);
    private SocketPair sockets;

    @BeforeEach
    void open() throws ErrnoException {
        sockets = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
    }

    @AfterEach
    void close() {
        sockets.close();
    }

    @Test
    void aChildHasTheRequestAndItsDescriptors() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            send(7, pipe.readEnd(), pipe.writeEnd());

            assertTrue(loop(fork.pretending()).run());
            assertEquals(7, request.getLong(ID));
            List<Fd> descriptors = request.descriptors();
            assertEquals(2, descriptors.size());
            descriptors.forEach(Fd::close);
        }
    }

    @Test
    void aChildOfALaterRequestHasNothingOfAnEarlierOne() throws ErrnoException {
        ForkLoop loop = loop(fork.pretending());
        try (Pipe pipe = Posix.pipe()) {
            send(7, pipe.readEnd());
            assertTrue(loop.run());
            request.descriptors().forEach(Fd::close);
        }
        send(8);
        assertTrue(loop.run());
        assertEquals(8, request.getLong(ID));
        assertEquals(-1, request.descriptor(0));
    }

    @Test
    void theParentClosesWhatCameAndGoesOn() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            send(1, pipe.readEnd(), pipe.writeEnd());
            send(2);
            send(3, pipe.writeEnd());
            pipe.writeEnd().close();
            Sockets.shutdown(sockets.first(), Sockets.SHUT_WR);

            assertFalse(loop(fork.calling(SYS_GETPID)).run());
            // Nobody holds the other end any more: the end of file, and no wait.
            assertEquals(-1, Posix.read(pipe.readEnd(), new byte[1], 0, 1));
        }
    }

    @Test
    void aRefusedForkIsAnsweredAndItsDescriptorsAreClosed() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            send(41, pipe.writeEnd());
            send(42);
            pipe.writeEnd().close();
            Sockets.shutdown(sockets.first(), Sockets.SHUT_WR);

            assertFalse(loop(fork.calling(NO_SYSTEM_CALL)).run());
            assertEquals(-1, Posix.read(pipe.readEnd(), new byte[1], 0, 1));
        }
        for (long id : List.of(41L, 42L)) {
            assertEquals(LENGTH, packet.receive(sockets.first()));
            assertEquals(12, packet.getByte(0));
            assertEquals(ENOSYS, packet.getInt(ERROR));
            assertEquals(id, packet.getLong(ID));
        }
    }

    @Test
    void itEndsWhereTheSocketFails() {
        assertFalse(new ForkLoop(fork, -1, request, refusal()).run());
    }

    private ForkLoop loop(RawFork as) {
        return new ForkLoop(as, sockets.second().number(), request, refusal());
    }

    private static ForkLoop.Refusal refusal() {
        PacketBuffer answer = new PacketBuffer(LENGTH, 0);
        answer.putByte(0, (byte) 12);
        return new ForkLoop.Refusal(answer, LENGTH, ERROR, ID);
    }

    private void send(long id, Fd... descriptors) throws ErrnoException {
        packet.putLong(ID, id);
        packet.send(sockets.first(), LENGTH, List.of(descriptors));
    }
}
