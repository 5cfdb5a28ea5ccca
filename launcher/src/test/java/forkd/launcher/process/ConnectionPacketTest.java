package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.PacketBuffer;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionPacketTest {
    private static final InetAddr HOST = InetAddr.of(new byte[] {127, 0, 0, 1}, 7000);

    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);

    @Test
    void theLongestTitleAndTheLargestEnvironmentFitTogether() throws IOException {
        ConnectionPacket packets =
                new ConnectionPacket("h".repeat(5000), WorkerEnvironment.plain(Map.of("PATH", "/bin")));
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            int length = 0;
            for (int bytes = 0; ; bytes += 100) {
                try {
                    length = packets.fill(packet, connection(socket, bytes));
                } catch (ErrnoException e) {
                    assertEquals(Errno.E2BIG, e.errno());
                    break;
                }
            }
            assertTrue(length > 28_000 && length <= ZygoteProtocol.MAX_BYTES, "longest: " + length);
        }
    }

    @Test
    void theLargestPacketsFillASocketsBufferWithoutALoss() throws IOException {
        ConnectionPacket packets = new ConnectionPacket("echo", WorkerEnvironment.plain(Map.of()));
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            int length = packets.fill(packet, connection(socket, 27_000));
            int sent = 0;
            while (packet.offer(pair.first(), length, List.of(socket, socket))) {
                sent++;
            }
            assertTrue(sent >= 2, "sent " + sent);
            for (int i = 0; i < sent; i++) {
                assertEquals(length, packet.receive(pair.second()));
                for (int descriptor = 0; descriptor < 2; descriptor++) {
                    new Fd(packet.descriptor(descriptor)).close();
                }
            }
            assertTrue(packet.offer(pair.first(), length, List.of(socket, socket)));
        }
    }

    @Test
    void aLongTitleIsCutBeforeTheEnvironment() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            new ConnectionPacket("h".repeat(5000), WorkerEnvironment.plain(Map.of()))
                    .fill(packet, connection(socket, 1));
        }
        assertEquals(ZygoteProtocol.BLOCK, packet.getInt(ZygoteProtocol.ENVIRONMENT));
        assertEquals(ZygoteProtocol.BLOCK, ZygoteProtocol.TEXT + packet.getInt(ZygoteProtocol.TEXT_LENGTH));
        assertEquals('h', packet.getByte(ZygoteProtocol.BLOCK - 1));
        assertTrue(packet.getLong(ZygoteProtocol.BLOCK) > 0, "the number of variables");
    }

    private static Incoming connection(Fd socket, int bytes) {
        return new Incoming(1, socket, HOST, "x", 0)
                .withLocal(HOST)
                .withVariables(List.of("LONG=" + "x".repeat(bytes)));
    }
}
