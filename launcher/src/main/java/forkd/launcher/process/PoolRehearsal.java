package forkd.launcher.process;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.posix.AcceptedConnection;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Inherited;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;

/**
 * Lets one JVM of the pool do all that such a JVM does, so that it can write a start-up archive when it ends. A whole server
 * would start a second one in its place, and both would write the same file.
 */
public final class PoolRehearsal {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private PoolRehearsal() {}

    /**
     * Has it start, handle one connection whose client sends the words, and end. The process is left to whoever waits for
     * children.
     *
     * @param handler which sends back what it gets
     * @return its pid; it may still be writing its archive
     * @throws IOException where it did not answer
     */
    public static int run(ZygoteCommand command, String handler, WorkerEnvironment environment, byte[] words)
            throws IOException {
        PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
        try (SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Fd listener = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
                Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            int pid = RehearsalJvm.spawn(command, new Inherited(queue.second(), ZygoteProtocol.QUEUE_FD));
            queue.second().close(); // from here on the end of the process is the end of file
            RehearsalJvm.expect(packet, queue.first(), ZygoteProtocol.IDLE);
            Sockets.bind(listener, InetAddr.of(LOOPBACK, 0));
            Sockets.listen(listener, 1);
            Sockets.connect(client, Sockets.getsockname(listener));
            AcceptedConnection accepted = Sockets.accept(listener).orElseThrow();
            try (Fd socket = accepted.socket()) {
                Incoming connection = new Incoming(1, socket, accepted.peer(), "rehearsal", System.nanoTime());
                int length = new ConnectionPacket(handler, environment).fill(packet, connection);
                packet.send(queue.first(), length, connection.descriptors());
            }
            RehearsalJvm.expect(packet, queue.first(), ZygoteProtocol.STARTED);
            talk(client, words);
            return pid;
        }
    }

    private static void talk(Fd client, byte[] words) throws IOException {
        Posix.write(client, words, 0, words.length);
        Sockets.shutdown(client, Sockets.SHUT_WR);
        byte[] buffer = new byte[words.length];
        int read = 0;
        for (int n = 0; n >= 0; n = Posix.read(client, buffer, 0, buffer.length)) {
            read += n;
        }
        if (read != words.length) {
            throw new IOException("the rehearsal's JVM of the pool did not answer");
        }
    }
}
