package forkd.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** socketpair(2), sendmsg(2) and recvmsg(2) with SCM_RIGHTS against the kernel. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PosixMessageTest {
    private static final byte[] BYTE = {'!'};

    @ParameterizedTest
    @EnumSource
    void theTwoEndsOfAPairTalk(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type)) {
            TestSockets.send(pair.first(), "ping");
            assertEquals("ping", TestSockets.receive(pair.second()));

            TestSockets.send(pair.second(), "pong");
            assertEquals("pong", TestSockets.receive(pair.first()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothEndsOfAPairAreCloseOnExec(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type)) {
            assertTrue(Descriptors.isCloseOnExec(pair.first()));
            assertTrue(Descriptors.isCloseOnExec(pair.second()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SOCK_DGRAM", "SOCK_SEQPACKET"})
    void messagesOfADatagramSocketKeepTheirBoundaries(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type)) {
            Sockets.sendmsg(pair.first(), "one".getBytes(UTF_8), List.of());
            Sockets.sendmsg(pair.first(), "two".getBytes(UTF_8), List.of());

            assertEquals("one", text(Sockets.recvmsg(pair.second(), 100, 0)));
            assertEquals("two", text(Sockets.recvmsg(pair.second(), 100, 0)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageMayBeWithoutDescriptors(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type)) {
            Sockets.sendmsg(pair.first(), "plain".getBytes(UTF_8), List.of());

            Message message = Sockets.recvmsg(pair.second(), 100, 4);

            assertEquals("plain", text(message));
            assertEquals(List.of(), message.descriptors());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDescriptorComesWithItsBytes(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type);
                Pipe sent = Posix.pipe()) {
            Sockets.sendmsg(pair.first(), "take this".getBytes(UTF_8), List.of(sent.writeEnd()));

            Message message = Sockets.recvmsg(pair.second(), 100, 1);

            assertEquals("take this", text(message));
            assertEquals(1, message.descriptors().size());
            message.descriptors().forEach(Fd::close);
        }
    }

    @Test
    void aReceivedDescriptorWorksWhenTheSentOneIsClosed() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Pipe sent = Posix.pipe()) {
            Sockets.sendmsg(pair.first(), BYTE, List.of(sent.writeEnd()));
            sent.writeEnd().close();

            try (Fd received = onlyOne(Sockets.recvmsg(pair.second(), 1, 1))) {
                TestSockets.send(received, "still here");
            }

            assertEquals("still here", TestSockets.receiveAll(sent.readEnd()));
        }
    }

    @Test
    void sendingLeavesTheDescriptorWithItsOwner() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Pipe sent = Posix.pipe()) {
            Sockets.sendmsg(pair.first(), BYTE, List.of(sent.writeEnd()));

            assertTrue(sent.writeEnd().isOpen());
            TestSockets.send(sent.writeEnd(), "mine");
            assertEquals("mine", TestSockets.receive(sent.readEnd()));
        }
    }

    @Test
    void aReceivedDescriptorIsCloseOnExec() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            Sockets.sendmsg(pair.first(), BYTE, List.of(pair.first()));

            try (Fd received = onlyOne(Sockets.recvmsg(pair.second(), 1, 1))) {
                assertTrue(Descriptors.isCloseOnExec(received));
            }
        }
    }

    @Test
    void threeDescriptorsComeInTheirOrder() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Pipe a = Posix.pipe();
                Pipe b = Posix.pipe();
                Pipe c = Posix.pipe()) {
            Sockets.sendmsg(pair.first(), BYTE, List.of(a.writeEnd(), b.writeEnd(), c.writeEnd()));

            List<Fd> received = Sockets.recvmsg(pair.second(), 1, 3).descriptors();
            for (int i = 0; i < received.size(); i++) {
                TestSockets.send(received.get(i), "number " + i);
                received.get(i).close();
            }

            assertEquals("number 0", TestSockets.receive(a.readEnd()));
            assertEquals("number 1", TestSockets.receive(b.readEnd()));
            assertEquals("number 2", TestSockets.receive(c.readEnd()));
        }
    }

    @Test
    void aMessageLargerThanTheScratchMemoryArrivesWhole() throws IOException {
        byte[] large = "x".repeat(50_000).getBytes(UTF_8);
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            Sockets.sendmsg(pair.first(), large, List.of());

            assertArrayEquals(
                    large, Sockets.recvmsg(pair.second(), large.length, 0).data());
        }
    }

    @Test
    void theEndOfFileIsAMessageWithoutBytes() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            pair.first().close();

            Message message = Sockets.recvmsg(pair.second(), 100, 1);

            assertEquals(0, message.data().length);
            assertEquals(List.of(), message.descriptors());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SOCK_DGRAM", "SOCK_SEQPACKET"})
    void tooManyBytesAreAnError(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type)) {
            Sockets.sendmsg(pair.first(), "four".getBytes(UTF_8), List.of());

            ErrnoException e = assertThrows(ErrnoException.class, () -> Sockets.recvmsg(pair.second(), 3, 0));

            assertEquals(Errno.EMSGSIZE, e.errno());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void tooManyDescriptorsAreAnErrorAndNoneStaysOpen(int room) throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Pipe sent = Posix.pipe()) {
            Fd writer = sent.writeEnd();
            Sockets.sendmsg(pair.first(), BYTE, List.of(writer, writer, writer));
            writer.close();

            ErrnoException e = assertThrows(ErrnoException.class, () -> Sockets.recvmsg(pair.second(), 1, room));

            assertEquals(Errno.EMSGSIZE, e.errno());
            assertTrue(new PollableEnd(sent.readEnd()).isReady(), "a copy of the write end is still open");
        }
    }

    @Test
    void tooManyBytesCloseTheDescriptorsThatCameAlong() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Pipe sent = Posix.pipe()) {
            Sockets.sendmsg(pair.first(), "four".getBytes(UTF_8), List.of(sent.writeEnd()));
            sent.writeEnd().close();

            assertThrows(ErrnoException.class, () -> Sockets.recvmsg(pair.second(), 3, 1));

            assertTrue(new PollableEnd(sent.readEnd()).isReady(), "a copy of the write end is still open");
        }
    }

    @Test
    void aPendingDescriptorKeepsThePipeOpen() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Pipe sent = Posix.pipe()) {
            Sockets.sendmsg(pair.first(), BYTE, List.of(sent.writeEnd()));
            sent.writeEnd().close();

            assertFalse(new PollableEnd(sent.readEnd()).isReady(), "the message holds the write end");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SOCK_STREAM", "SOCK_SEQPACKET"})
    void sendingToAGoneReceiverFailsWithoutASignal(SocketType type) throws IOException {
        try (SocketPair pair = Sockets.socketpair(type)) {
            pair.second().close();

            ErrnoException e = assertThrows(ErrnoException.class, () -> Sockets.sendmsg(pair.first(), BYTE, List.of()));

            assertEquals(Errno.EPIPE, e.errno());
        }
    }

    private static Fd onlyOne(Message message) {
        assertEquals(1, message.descriptors().size());
        return message.descriptors().get(0);
    }

    private static String text(Message message) {
        return new String(message.data(), UTF_8);
    }
}
