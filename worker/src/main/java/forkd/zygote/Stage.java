package forkd.zygote;

import forkd.posix.EnvironmentBlock;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.RawFork;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.worker.ConnectionHandler;
import forkd.worker.WorkerContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a worker's life is played, from the request to the end: a launcher's side of the control socket and of the spares' queue, and a
 * client. It takes the descriptors 0 and 1 and gives them back as /dev/null, which they are in a zygote and its forks. For one thread.
 */
final class Stage {
    private static final byte[] INPUT = new byte[64];
    /** What a connection's environment looks like: reading one without variables would rehearse nothing. */
    private static final List<byte[]> VARIABLES = Stream.of(
                    "PATH=/usr/bin:/bin", "PROTO=TCP", "TCPREMOTEIP=127.0.0.1", "A=")
            .map(variable -> variable.getBytes(StandardCharsets.UTF_8))
            .toList();

    private static final int BLOCK = EnvironmentBlock.align(ZygoteProtocol.SHORT_BYTES);

    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    /** The numbers that the player closes, as a worker does. */
    private final int playedControl;

    private final int playedQueue;
    private final Stem stem;
    private SocketPair control;
    private SocketPair queue;
    /** It takes what is written to a cgroup. */
    private Fd nothing;

    /**
     * Opens it; two more descriptors stay open until it was played for the first time.
     *
     * @param least of the numbers that a player closes: so high that no other thread of this process gets them meanwhile
     */
    Stage(RawFork fork, int least) throws ErrnoException {
        open();
        playedControl = Posix.duplicate(control.second().number(), least).release();
        playedQueue = Posix.duplicate(queue.second().number(), least).release();
        stem = new Stem(fork.pretending(), playedControl);
    }

    /** What a player of this stage has to know of it. */
    ForkedWorker.Part part(ConnectionHandler handler, boolean hooks) {
        return new ForkedWorker.Part(playedControl, playedQueue, handler, hooks, true);
    }

    void open() throws ErrnoException {
        control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        nothing = Posix.open("/dev/null");
    }

    /** Descriptors 0 and 1 are /dev/null afterwards, as they were. */
    void close() throws ErrnoException {
        Posix.dup2(nothing.number(), WorkerContract.CONNECTION_IN);
        Posix.dup2(nothing.number(), WorkerContract.CONNECTION_OUT);
        nothing.close();
        control.close();
        queue.close();
    }

    /** One life on the open stage, of a spare or of a worker that is forked for its connection. */
    void play(ForkedWorker player, boolean spare) throws IOException {
        Posix.dup3(control.second(), playedControl).release();
        Posix.dup3(queue.second(), playedQueue).release();
        try (SocketPair client = Sockets.socketpair(SocketType.SOCK_STREAM);
                Fd log = Posix.duplicate(WorkerContract.LOG)) {
            Posix.write(client.first(), INPUT, 0, INPUT.length);
            Sockets.shutdown(client.first(), Sockets.SHUT_WR);
            if (spare) {
                send(ZygoteProtocol.SPARE, control.first(), List.of());
                send(ZygoteProtocol.CONNECTION, queue.first(), List.of(client.second(), log, nothing));
            } else {
                send(ZygoteProtocol.CONNECTION, control.first(), List.of(client.second(), log, nothing));
            }
            stem.rehearse(player);
            packet.receive(control.first());
            if (spare) {
                packet.receive(queue.first());
            }
        }
    }

    private void send(byte type, Fd to, List<Fd> descriptors) throws ErrnoException {
        packet.putByte(ZygoteProtocol.TYPE, type);
        packet.putByte(ZygoteProtocol.EARLY, (byte) 0);
        packet.putByte(ZygoteProtocol.CGROUP, (byte) Math.max(0, descriptors.size() - 1));
        packet.putLong(ZygoteProtocol.ID, 0);
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, 0);
        packet.putInt(ZygoteProtocol.ENVIRONMENT, BLOCK);
        EnvironmentBlock.write(packet, BLOCK, VARIABLES);
        packet.send(to, BLOCK + EnvironmentBlock.size(VARIABLES), descriptors);
    }
}
