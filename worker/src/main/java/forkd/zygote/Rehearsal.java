package forkd.zygote;

import forkd.posix.EnvironmentBlock;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.RawFork;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.ThreadImage;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHooks;
import forkd.worker.HandlerException;
import forkd.worker.WorkerContract;
import forkd.worker.handler.DaytimeHandler;
import forkd.worker.handler.DiscardHandler;
import forkd.worker.handler.EchoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plays the life of a worker from the request to the end, many times, in the zygote and before the split: what a child touches
 * first it would have to load, resolve, link or compile itself, and so would every other child. The user's handler and hooks
 * have no part in it: they were warmed as the user wants it.
 *
 * <p>A spare plays it once more, for itself: what a fork writes to first it has to copy, page by page, and a spare has time for
 * that as long as nobody has connected.
 */
final class Rehearsal {
    /** C1 compiles a method after 200 calls, and what calls it when it is called itself. */
    private static final int ROUNDS = 1000;

    /** Every stem, in both ways. */
    private static final int SETTLING = 6;

    private static final int IMAGES = 10;
    private static final int FAR_ABOVE = 200;
    /** Where a process may not have so many (--rlimit nofile): the last ones. */
    private static final int LAST = 8;

    /** A JVM has a dozen open itself. */
    private static final int FEWEST = 32;

    private static final byte[] INPUT = new byte[64];
    /** What a connection's environment looks like: reading one without variables would rehearse nothing. */
    private static final List<byte[]> VARIABLES = Stream.of(
                    "PATH=/usr/bin:/bin", "PROTO=TCP", "TCPREMOTEIP=127.0.0.1", "A=")
            .map(variable -> variable.getBytes(StandardCharsets.UTF_8))
            .toList();

    private static final int BLOCK = EnvironmentBlock.align(ZygoteProtocol.SHORT_BYTES);

    /** What else has to run between the last collection and the split. */
    interface Last {
        void run() throws Exception;
    }

    private final Environment environment;
    private final RawFork fork;
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    /** The numbers that the player closes, as a worker does: so high that no other thread of this process gets them meanwhile. */
    private final int playedControl;

    private final int playedQueue;
    private SocketPair control;
    private SocketPair queue;
    /** It takes what is written to a cgroup. */
    private Fd nothing;
    /** Three of them: the compilers must not take the call of a handler for the call of one certain handler. */
    private final List<ForkedWorker> players = new ArrayList<>();

    private final Stem stem;

    /** @param worker whose part is played */
    Rehearsal(ForkedWorker worker, Environment environment, RawFork fork) throws ErrnoException, HandlerException {
        this.environment = environment;
        this.fork = fork;
        open();
        int least = farAbove();
        playedControl = Posix.duplicate(control.second().number(), least).release();
        playedQueue = Posix.duplicate(queue.second().number(), least).release();
        stem = new Stem(fork.pretending(), playedControl);
        boolean hooks = ForkHooks.isEmpty();
        for (ConnectionHandler handler : List.of(new EchoHandler(), new DiscardHandler(), new DaytimeHandler())) {
            players.add(worker.as(new ForkedWorker.Part(playedControl, playedQueue, handler, hooks, true)));
        }
    }

    /**
     * Once. Descriptors 0 and 1 are /dev/null afterwards, as they were; the title has to be written again.
     *
     * @param afterCollection runs the user's handler, where it was warmed
     */
    void run(Last afterCollection) throws Exception {
        for (int i = 0; i < IMAGES; i++) {
            ThreadImage.rehearse();
            new ThreadImage("rehearsal", new byte[ThreadImage.REGISTERS_BYTES], fork);
        }
        play(ROUNDS);
        RawFork.trimMemory();
        // The stem and the first moments of a worker want an empty young generation.
        System.gc();
        // Since JDK 20 a collection arms a barrier at the entry of all compiled code, and the first call takes it away:
        // by a
        // write into the code's page. Better here than in every worker.
        afterCollection.run();
        close();
        for (int i = 0; i < SETTLING; i++) {
            practise(); // what a spare does has to be resolved here as well
        }
        environment.pretend(List.of());
        environment.forget();
    }

    /** One life of a worker, in a spare that waits for its own. Descriptors 0 and 1 are /dev/null afterwards, as they were. */
    void practise() throws IOException {
        open();
        play(players.get(0), true);
        close();
    }

    private static int farAbove() throws ErrnoException, HandlerException {
        long limit = Posix.getrlimit(Resource.NOFILE).soft();
        if (limit == ResourceLimit.INFINITY) {
            return FAR_ABOVE;
        }
        if (limit < FEWEST) {
            throw new HandlerException("--rlimit nofile=" + limit + ": the fork model needs " + FEWEST);
        }
        return (int) Math.min(FAR_ABOVE, limit - LAST);
    }

    private void open() throws ErrnoException {
        control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        nothing = Posix.open("/dev/null");
    }

    private void close() throws ErrnoException {
        Posix.dup2(nothing.number(), WorkerContract.CONNECTION_IN);
        Posix.dup2(nothing.number(), WorkerContract.CONNECTION_OUT);
        nothing.close();
        control.close();
        queue.close();
    }

    private void play(int rounds) throws IOException {
        for (int i = 0; i < rounds; i++) {
            play(players.get(i % players.size()), i % 2 == 0);
            System.getenv(WorkerContract.PROTO);
            MainThreadBytes.ofForks().practise(); // a client's bytes are not as many as these
        }
    }

    private void play(ForkedWorker player, boolean spare) throws IOException {
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
