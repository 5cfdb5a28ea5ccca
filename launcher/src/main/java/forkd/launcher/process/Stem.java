package forkd.launcher.process;

import forkd.launcher.freeze.FrozenStem;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.worker.WorkerContract;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The launcher's side of one stem: what it was asked for and has not answered. A connection that was sent stays here, with its
 * descriptor open, until a worker has reported it.
 */
final class Stem implements AutoCloseable {
    /** Requests under way; with more the socket's buffer might fill, and the accept loop must not wait for a stem. */
    private static final int MAX_PENDING = 64;

    /** A worker reports within microseconds; what takes so long has been stopped or killed by somebody. */
    private static final long REPORT_NANOS = Duration.ofSeconds(10).toNanos();

    private final FrozenStem frozen;
    private final String handler;
    private final LaunchListener listener;
    private final Map<Long, Incoming> pending = new LinkedHashMap<>();
    private final Set<Integer> spares = new HashSet<>();
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, 1);
    private final Consumer<Integer> onSpareEnd;
    private int sparesAsked;
    /** Connections in the queue that no spare has reported. */
    private int sparesSent;
    /** Ends in the queue. */
    private int sparesEnding;

    private int forks;

    /** @param onSpareEnd is told the pid of a spare that has ended, on any thread */
    Stem(FrozenStem frozen, String handler, LaunchListener listener, Consumer<Integer> onSpareEnd) {
        this.frozen = frozen;
        this.handler = handler;
        this.listener = listener;
        this.onSpareEnd = onSpareEnd;
    }

    int pid() {
        return frozen.pid();
    }

    /** What the loop polls: the stem reports on the first, spares that got a connection on the second. */
    List<Fd> events() {
        return List.of(frozen.control(), frozen.queue());
    }

    int forks() {
        return forks;
    }

    boolean hasRoom() {
        return pending.size() < MAX_PENDING;
    }

    /** Whether everything that was asked for has been answered. */
    boolean isIdle() {
        return pending.isEmpty() && sparesAsked == 0;
    }

    /** What was sent and not reported. */
    List<Incoming> pending() {
        return List.copyOf(pending.values());
    }

    /** Spares that wait, and those that have been asked for. */
    int spares() {
        return waiting() + sparesAsked;
    }

    private int waiting() {
        return Math.max(0, spares.size() - sparesSent - sparesEnding);
    }

    /**
     * Asks for a worker: a spare, where one waits.
     *
     * @return false where the stem cannot be reached; nothing was sent then
     */
    boolean send(Incoming connection) {
        String title =
                WorkerContract.title(connection.id(), handler, connection.peer().toString());
        byte[] text = title.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, ZygoteProtocol.MAX_TEXT_BYTES);
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.CONNECTION);
        packet.putLong(ZygoteProtocol.ID, connection.id());
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, length);
        packet.putBytes(ZygoteProtocol.TEXT, text, 0, length);
        boolean toSpare = waiting() > 0;
        if (!offer(toSpare ? frozen.queue() : frozen.control(), ZygoteProtocol.TEXT + length, connection.socket())) {
            return false;
        }
        pending.put(connection.id(), connection);
        if (toSpare) {
            sparesSent++;
        } else {
            forks++;
        }
        return true;
    }

    /** Asks for one more spare. */
    void addSpare() {
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.SPARE);
        packet.putLong(ZygoteProtocol.ID, 0);
        listener.children().expect();
        if (offer(frozen.control(), ZygoteProtocol.SHORT_BYTES, null)) {
            sparesAsked++;
            forks++;
        } else {
            listener.children().forget();
        }
    }

    /** Ends one of the spares that wait. */
    void removeSpare() {
        if (waiting() > 0) {
            packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.SPARE);
            if (offer(frozen.queue(), ZygoteProtocol.SHORT_BYTES, null)) {
                sparesEnding++;
            }
        }
    }

    private boolean offer(Fd socket, int length, Fd descriptor) {
        try {
            return packet.offer(socket, length, descriptor);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
                return false;
            }
            throw new IllegalStateException("the stem's socket is broken", e);
        }
    }

    /**
     * Takes the reports that have come.
     *
     * @return false at the end of file: the stem is dead, and so is everything that it has not reported
     */
    boolean receive() {
        receive(frozen.queue()); // its end of file says nothing: without spares nobody holds the other end
        boolean alive = receive(frozen.control());
        expire();
        return alive;
    }

    private boolean receive(Fd socket) {
        try {
            int length = packet.poll(socket);
            while (length > 0) {
                report();
                length = packet.poll(socket);
            }
            return length < 0;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ECONNRESET) {
                return false; // it died with requests unread
            }
            throw new IllegalStateException("the stem's socket is broken", e);
        }
    }

    private void report() {
        int number = packet.getInt(ZygoteProtocol.NUMBER);
        long id = packet.getLong(ZygoteProtocol.ID);
        switch (packet.getByte(ZygoteProtocol.TYPE)) {
            case ZygoteProtocol.STARTED -> started(number, id);
            case ZygoteProtocol.IDLE -> spareIsThere(number);
            case ZygoteProtocol.FORK_FAILED -> failed(number, id);
            default -> throw new IllegalStateException("the stem speaks another protocol");
        }
    }

    private void started(int pid, long id) {
        if (spares.remove(pid)) {
            sparesSent--;
        }
        Incoming connection = pending.remove(id);
        if (connection != null) { // or it has been given up, and the worker serves without us
            listener.started(connection, pid);
        }
    }

    private void spareIsThere(int pid) {
        sparesAsked--;
        spares.add(pid);
        listener.children().adopt(pid, status -> onSpareEnd.accept(pid));
    }

    private void failed(int errno, long id) {
        Incoming connection = pending.remove(id);
        if (connection != null) {
            listener.failed(connection, new ErrnoException("fork(" + handler + ")", Errno.of(errno)));
        } else if (id == 0) {
            sparesAsked--;
            listener.children().forget();
        }
    }

    /** A spare has ended. Where it had reported a connection before, it is no spare any more, and this is no news. */
    void spareEnded(int pid) {
        receive(frozen.queue());
        if (spares.remove(pid)) {
            sparesEnding = Math.max(0, sparesEnding - 1);
            sparesSent = Math.min(sparesSent, spares.size());
            listener.children().forgetEnd(pid);
        }
    }

    private void expire() {
        long now = System.nanoTime();
        for (Incoming oldest : pending()) {
            if (now - oldest.acceptNanos() < REPORT_NANOS) {
                return;
            }
            pending.remove(oldest.id());
            sparesSent = Math.min(sparesSent, spares.size());
            listener.failed(oldest, new ErrnoException("fork(" + handler + ")", Errno.ETIMEDOUT));
        }
    }

    @Override
    public void close() {
        frozen.close();
    }
}
