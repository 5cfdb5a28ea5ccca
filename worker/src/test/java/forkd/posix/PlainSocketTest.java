package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The pool's worker and its launcher speak over the two kinds of buffers. */
class PlainSocketTest {
    private static final byte[] TEXT = "a packet".getBytes(StandardCharsets.US_ASCII);

    @Test
    void whatAPacketBufferSendsIsReceived() throws Exception {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Fd file = Posix.open("/dev/null")) {
            PlainSocket socket = new PlainSocket(pair.second().number(), 64, 2);
            PacketBuffer packet = new PacketBuffer(64, 2);
            packet.putInt(0, 7);
            packet.putLong(8, 1L << 40);
            packet.putBytes(16, TEXT, 0, TEXT.length);

            packet.send(pair.first(), 32, List.of(file));

            assertEquals(32, socket.receive());
            assertEquals(7, socket.getInt(0));
            assertEquals(1L << 40, socket.getLong(8));
            assertArrayEquals(TEXT, socket.getBytes(16, TEXT.length));
            assertEquals(-1, socket.descriptor(1));
            PlainProcess.close(socket.descriptor(0));
        }
    }

    @Test
    void aPacketWithoutDescriptorsHasNone() throws Exception {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            PlainSocket socket = new PlainSocket(pair.second().number(), 64, 2);
            new PacketBuffer(64, 0).send(pair.first(), 8, List.of());

            assertEquals(8, socket.receive());
            assertEquals(-1, socket.descriptor(0));
        }
    }

    @Test
    void whatItSendsIsReceivedByAPacketBuffer() throws Exception {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            PlainSocket socket = new PlainSocket(pair.second().number(), 64, 2);
            PacketBuffer packet = new PacketBuffer(64, 0);
            byte[] read = new byte[TEXT.length];

            socket.send(TEXT);

            assertEquals(TEXT.length, packet.receive(pair.first()));
            packet.getBytes(0, read, 0, read.length);
            assertArrayEquals(TEXT, read);
        }
    }

    @Test
    void whatItSendsWithDescriptorsIsReceivedWithThem() throws Exception {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Fd file = Posix.open("/dev/null")) {
            PlainSocket sender = new PlainSocket(pair.first().number(), 64, 2);
            PlainSocket receiver = new PlainSocket(pair.second().number(), 64, 2);

            sender.send(TEXT, new int[] {file.number(), file.number()});

            assertEquals(TEXT.length, receiver.receive());
            assertArrayEquals(TEXT, receiver.getBytes(0, TEXT.length));
            PlainProcess.close(receiver.descriptor(0));
            PlainProcess.close(receiver.descriptor(1));
            ErrnoException tooLong = assertThrows(ErrnoException.class, () -> sender.send(new byte[65], new int[2]));
            assertEquals(Errno.EMSGSIZE, tooLong.errno());
        }
    }

    @Test
    void aPairIsConnectedAndEndsWithItsOutput() throws Exception {
        int[] pair = PlainProcess.socketpair(SocketType.SOCK_STREAM);
        new PlainSocket(pair[0], 64, 1).send(TEXT);
        PlainProcess.shutdownOutput(pair[0]);
        PlainSocket other = new PlainSocket(pair[1], 64, 1);

        assertEquals(TEXT.length, other.receive());
        assertEquals(0, other.receive());
        PlainProcess.close(pair[0]);
        PlainProcess.close(pair[1]);
    }

    @Test
    void theEnvironmentIsThatOfTheProcess() throws Exception {
        int[] pair = PlainProcess.socketpair(SocketType.SOCK_SEQPACKET);
        Set<String> variables = new HashSet<>();
        for (byte[] variable : new PlainSocket(pair[0], 64, 1).environment()) {
            variables.add(new String(variable, StandardCharsets.UTF_8));
        }
        PlainProcess.close(pair[0]);
        PlainProcess.close(pair[1]);

        System.getenv().forEach((name, value) -> assertTrue(variables.contains(name + "=" + value), name));
    }

    @Test
    void theEndOfFileIsNoMessage() throws Exception {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            PlainSocket socket = new PlainSocket(pair.second().number(), 64, 2);
            pair.first().close();

            assertEquals(0, socket.receive());
        }
    }

    @Test
    void aMessageThatIsTooLongIsAnError() throws Exception {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            PlainSocket socket = new PlainSocket(pair.second().number(), 8, 1);
            new PacketBuffer(64, 0).send(pair.first(), 16, List.of());

            ErrnoException tooLong = assertThrows(ErrnoException.class, socket::receive);
            assertEquals(Errno.EMSGSIZE, tooLong.errno());
        }
    }

    @Test
    void anErrorHasItsNumber() {
        ErrnoException closed = assertThrows(ErrnoException.class, () -> PlainProcess.dup2(-1, 0));

        assertEquals(Errno.EBADF, closed.errno());
    }

    @Test
    void thePidIsThatOfTheProcess() {
        assertEquals(ProcessHandle.current().pid(), PlainProcess.getpid());
    }
}
