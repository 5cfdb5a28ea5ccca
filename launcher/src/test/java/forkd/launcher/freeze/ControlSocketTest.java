package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.ErrnoException;
import forkd.posix.PacketBuffer;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ControlSocketTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private SocketPair pair;
    private ControlSocket control;

    @BeforeEach
    void open() throws ErrnoException {
        pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        control = new ControlSocket(pair.first());
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void thePacketThatIsAwaitedHasItsNumber() throws Exception {
        send(ZygoteProtocol.STEM, 4711, "");

        assertTrue(control.await(ZygoteProtocol.STEM, "the split", LONG));
        assertEquals(4711, control.number());
    }

    @Test
    void anEndIsForTheCallerToExplain() throws Exception {
        pair.second().close();

        assertFalse(control.await(ZygoteProtocol.READY, "the warm-up", LONG));
    }

    @Test
    void whoExpectsAPacketTakesAnEndForAFailureThatPasses() {
        pair.second().close();

        FreezeException e =
                assertThrows(FreezeException.class, () -> control.expect(ZygoteProtocol.STEM, "the split", LONG));
        assertEquals("the split: the process has ended", e.getMessage());
        assertTrue(FreezeException.isPassing(e));
    }

    @Test
    void aFailureOfTheWarmUpIsTheHandlers() throws Exception {
        send(ZygoteProtocol.FAILED, 0, "its warmUp failed");

        FreezeException e =
                assertThrows(FreezeException.class, () -> control.await(ZygoteProtocol.READY, "the warm-up", LONG));
        assertEquals("its warmUp failed", e.getMessage());
        assertTrue(e.isOfHandler());
    }

    /** A JVM whose threads have other names cannot be forked, and can be used in another model. */
    @Test
    void aFailureOfTheSplitIsNot() throws Exception {
        send(ZygoteProtocol.FAILED, 0, "the VM's threads do not have the names");

        FreezeException e =
                assertThrows(FreezeException.class, () -> control.expect(ZygoteProtocol.STEM, "the split", LONG));
        assertFalse(e.isOfHandler());
        assertFalse(FreezeException.isPassing(e));
    }

    @Test
    void silenceHasItsLimit() {
        FreezeException e = assertThrows(
                FreezeException.class,
                () -> control.expect(ZygoteProtocol.STARTED, "the self-test's start", Duration.ofMillis(1)));
        assertEquals("the self-test's start: no answer within 0 s", e.getMessage());
    }

    private void send(byte type, int number, String text) throws ErrnoException {
        PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, 0);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        packet.putByte(ZygoteProtocol.TYPE, type);
        packet.putInt(ZygoteProtocol.NUMBER, number);
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, bytes.length);
        packet.putBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        packet.send(pair.second(), ZygoteProtocol.TEXT + bytes.length, List.of());
    }
}
