package forkd.zygote;

import forkd.posix.PlainProcess;
import forkd.posix.PlainSocket;
import forkd.posix.PlainTitle;
import forkd.posix.SocketType;
import forkd.worker.ChannelSource;
import forkd.worker.HandlerException;
import forkd.worker.WorkerContract;
import forkd.worker.WorkerExit;
import forkd.worker.WorkerMain;
import forkd.worker.handler.EchoHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A connection that a worker of the pool makes for itself before it waits for its own: it plays the launcher and the client, and
 * takes what it has sent over the path that a real one takes. What runs for the first time is loaded, linked and resolved, and a
 * client need not wait for that. The handler is an echo: the user's is warmed as the user wants it.
 *
 * <p>All is as before afterwards: descriptors, environment, title. The environment of the played connection is the one that this
 * process was born with, so that a thread of the handler's that looks at it meanwhile sees nothing else.
 */
final class PooledRehearsal {
    private static final byte[] WORDS = "rehearsal\n".getBytes(StandardCharsets.US_ASCII);

    /** Below are the numbers that have a meaning. */
    private static final int LEAST = ZygoteProtocol.AGE_FD + 1;

    private PooledRehearsal() {}

    /**
     * Once, on the main thread, when the handler has been made.
     *
     * @param waitingTitle what the title is, before and after
     * @param last whether the real connection will be the only one
     * @throws HandlerException where it did not go as it goes with a connection
     */
    static void run(
            PlainTitle title, byte[] waitingTitle, CachedEnvironment environment, ChannelSource channels, boolean last)
            throws HandlerException {
        try {
            play(title, waitingTitle, environment, channels, last);
        } catch (IOException | ReflectiveOperationException e) {
            throw new HandlerException("a connection was rehearsed and failed: " + e.getMessage(), e);
        }
    }

    private static void play(
            PlainTitle title, byte[] waitingTitle, CachedEnvironment environment, ChannelSource channels, boolean last)
            throws IOException, ReflectiveOperationException {
        int in = PlainProcess.duplicate(WorkerContract.CONNECTION_IN, LEAST);
        int out = PlainProcess.duplicate(WorkerContract.CONNECTION_OUT, LEAST);
        int log = PlainProcess.duplicate(WorkerContract.LOG, LEAST);
        int[] queue = PlainProcess.socketpair(SocketType.SOCK_SEQPACKET);
        int[] connection = PlainProcess.socketpair(SocketType.SOCK_STREAM);
        PooledWorker player = new PooledWorker(queue[1], title);
        PlainSocket launcher = new PlainSocket(queue[0], ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
        PlainSocket client = new PlainSocket(connection[0], WORDS.length, 1);
        client.send(WORDS);
        PlainProcess.shutdownOutput(connection[0]);
        launcher.send(packet(waitingTitle, launcher.environment()), new int[] {connection[1], log});
        PlainProcess.close(connection[1]);
        PlainProcess.close(log);
        boolean good;
        try {
            if (!player.receive()) {
                throw new IOException("no connection came");
            }
            player.take(last);
            environment.wasRead();
            good = serve(channels, last) == WorkerExit.HANDLED;
        } finally {
            player.leave(waitingTitle);
            PlainProcess.dup2(in, WorkerContract.CONNECTION_IN);
            PlainProcess.dup2(out, WorkerContract.CONNECTION_OUT);
        }
        good &= launcher.receive() == ZygoteProtocol.TEXT && client.receive() == WORDS.length;
        good &= Arrays.equals(WORDS, client.getBytes(0, WORDS.length));
        for (int descriptor : new int[] {in, out, queue[0], connection[0]}) {
            PlainProcess.close(descriptor);
        }
        if (!last) {
            PlainProcess.close(queue[1]);
        }
        if (!good) {
            throw new IOException("what came was not what was sent");
        }
    }

    private static WorkerExit serve(ChannelSource channels, boolean last) {
        return last
                ? WorkerMain.serve(new EchoHandler(), 0, channels)
                : WorkerMain.serveOne(new EchoHandler(), 0, channels);
    }

    /** As the launcher writes it. */
    private static byte[] packet(byte[] text, List<byte[]> variables) {
        int block = ZygoteProtocol.TEXT + text.length + Long.BYTES - 1 & -Long.BYTES;
        int pointers = Long.BYTES;
        int begin = pointers + (variables.size() + 1) * Long.BYTES;
        int size = block + begin;
        for (byte[] variable : variables) {
            size += variable.length + 1;
        }
        ByteBuffer packet = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        packet.put(ZygoteProtocol.TYPE, ZygoteProtocol.CONNECTION);
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, text.length);
        packet.putInt(ZygoteProtocol.ENVIRONMENT, block);
        packet.position(ZygoteProtocol.TEXT);
        packet.put(text);
        packet.position(block);
        packet.putLong(variables.size());
        for (byte[] variable : variables) {
            packet.putLong(begin);
            begin += variable.length + 1;
        }
        packet.putLong(0);
        for (byte[] variable : variables) {
            packet.put(variable).put((byte) 0);
        }
        return packet.array();
    }
}
