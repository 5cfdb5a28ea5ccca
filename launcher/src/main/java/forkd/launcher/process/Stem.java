package forkd.launcher.process;

import forkd.launcher.freeze.FrozenStem;
import forkd.launcher.freeze.LateRevival;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Signal;
import forkd.zygote.ZygoteProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The launcher's side of one stem: what it was asked for and has not answered. A connection that was sent stays here, with its
 * descriptor open, until a worker has reported it, or for ten seconds: then it is given up.
 *
 * <pre>
 *   launcher                     the stem, stopped by somebody
 *   CONNECTION 7 ──────────────▶ (not read)
 *   10 s later: ends connection 7, frees its slot, kills the stem, asks for another one
 *
 *   launcher                     a worker, stopped right after its fork
 *   10 s later: the same
 *                                goes on: STARTED 12, 7
 *   kills 12, which serves nobody and has no slot
 * </pre>
 */
final class Stem implements AutoCloseable {
    /** Requests under way; with more the socket's buffer might fill, and the accept loop must not wait for a stem. */
    private static final int MAX_PENDING = 64;

    /**
     * After a spare was given a connection it has the processors for itself, as far as this depends on us. Its report would
     * wake the launcher, which may take its processor from it; and the next spare need not be forked before the first has
     * answered.
     */
    static final Duration REST = Duration.ofMillis(2);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final FrozenStem frozen;
    private final String handler;
    private final ConnectionPacket packets;
    private final LaunchListener listener;
    private final LateRevival revival;
    private final Duration limit;
    private final Handovers pending;
    private final WaitingWorkers spares;
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    private final Consumer<Integer> onSpareEnd;
    private final Confiner confiner;
    /** Spares that have reported a connection after it was given up, and may not have reported before that they wait. */
    private final Set<Integer> late = new HashSet<>();

    private int sparesAsked;
    /** When the last of them was asked for, or was there. */
    private long sparesMoved = System.nanoTime();

    private boolean spareFailed;
    private long spareFailedAt = System.nanoTime() - AFTER_FAILURE.toNanos();
    /** Connections and spares that were given up: their workers may still come, and stay announced as long. */
    private int givenUp;

    private int forks;
    private boolean dead;
    private boolean retired;
    private boolean stuck;
    private boolean resting;
    private boolean queueEnded;

    /**
     * @param onSpareEnd is told the pid of a spare that has ended, on any thread
     * @param limit how long a worker, or a spare, may take to report
     */
    Stem(
            FrozenStem frozen,
            String handler,
            ConnectionPacket packets,
            LaunchListener listener,
            LateRevival revival,
            Consumer<Integer> onSpareEnd,
            Confiner confiner,
            Duration limit) {
        this.frozen = frozen;
        this.handler = handler;
        this.packets = packets;
        this.listener = listener;
        this.revival = revival;
        this.onSpareEnd = onSpareEnd;
        this.confiner = confiner;
        this.limit = limit;
        this.pending = new Handovers(limit);
        this.spares = new WaitingWorkers(frozen.queue(), limit);
    }

    int pid() {
        return frozen.pid();
    }

    /** What the loop polls: the stem reports on the first, spares that got a connection on the second. */
    List<Fd> events() {
        resting = !dead && hasJustGiven();
        if (dead) {
            return List.of(frozen.queue());
        }
        return resting ? List.of(frozen.control()) : List.of(frozen.control(), frozen.queue());
    }

    /** Whether the last {@link #events} left something out, so that the loop must come back after {@link #REST}. */
    boolean isResting() {
        return resting;
    }

    /** Whether a spare has just been given a connection, and another one waits. */
    boolean hasJustGiven() {
        return !retired && spares.waiting() > 0 && System.nanoTime() - spares.lastSent() < REST.toNanos();
    }

    /** Gets no connection any more. */
    void retire() {
        retired = true;
    }

    /** Whether the end of file of the stem has been read. */
    boolean isDead() {
        return dead;
    }

    /** Whether the stem, or a worker that it has forked, did not answer in time: nothing more should be sent. */
    boolean isStuck() {
        return stuck;
    }

    int forks() {
        return forks;
    }

    boolean hasRoom() {
        return pending.size() < MAX_PENDING;
    }

    /** Whether the next request would be served at once, as far as is known here. */
    boolean isFree() {
        return pending.isEmpty() && sparesAsked == 0;
    }

    /** Whether everything that was asked for has been answered, or nobody is left to answer. */
    boolean isDone() {
        return pending.isEmpty() && sparesAsked == 0 && (spares.sent().isEmpty() || queueEnded);
    }

    /**
     * Of a dead stem: takes what it was sent and has not started. What was sent to its spares stays theirs as long as one of
     * them lives: they go on without it, and end when this is closed.
     */
    List<Incoming> takeLost() {
        List<Incoming> lost = new ArrayList<>(pending.takeAll());
        if (queueEnded) {
            lost.addAll(spares.sent().takeAll());
        }
        lost.forEach(connection -> confiner.forked(connection.id()));
        for (; sparesAsked > 0; sparesAsked--) {
            listener.children().forget();
        }
        for (; givenUp > 0; givenUp--) {
            listener.children().forget();
        }
        return lost;
    }

    /** Spares that wait, and those that have been asked for. */
    int spares() {
        return spares.waiting() + sparesAsked;
    }

    /**
     * Asks for a worker: a spare, where one waits.
     *
     * @return false where the stem cannot be reached; nothing was sent then
     * @throws ErrnoException where this connection can be sent to nobody
     */
    boolean send(Incoming connection) throws ErrnoException {
        if (spares.waiting() == 0 && sparesAsked > 0) {
            // The loop accepts before it reads: the report of a spare may have come together with the connection.
            receiveOfStem();
        }
        boolean sent = false;
        try (Fd cgroup = confiner.ofFork(connection.id())) {
            sent = sendWithCgroup(connection.withCgroup(cgroup));
            return sent;
        } finally {
            if (!sent) {
                confiner.forked(connection.id());
            }
        }
    }

    private boolean sendWithCgroup(Incoming connection) throws ErrnoException {
        int length = packets.fill(packet, connection, frozen.requests());
        putEarly();
        if (spares.waiting() > 0) {
            return spares.send(connection, packet, length);
        }
        if (!offer(length, connection.descriptors())) {
            return false;
        }
        pending.add(connection);
        forks++;
        return true;
    }

    private void putEarly() {
        packet.putByte(ZygoteProtocol.EARLY, (byte) (frozen.early().isThere() ? 1 : 0));
    }

    /** Whether the last fork of a spare has not just failed, as where no more processes are allowed. */
    boolean hasSpareForks() {
        return System.nanoTime() - spareFailedAt >= AFTER_FAILURE.toNanos();
    }

    /** Asks for one more spare. */
    void addSpare() {
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.SPARE);
        packet.putLong(ZygoteProtocol.ID, 0);
        putEarly();
        listener.children().expect();
        if (offer(ZygoteProtocol.SHORT_BYTES, List.of())) {
            sparesAsked++;
            sparesMoved = System.nanoTime();
            forks++;
        } else {
            listener.children().forget();
        }
    }

    /** Ends one of the spares that wait. */
    void removeSpare() {
        spares.endOne(packet);
    }

    private boolean offer(int length, List<Fd> descriptors) {
        try {
            return packet.offer(frozen.control(), length, descriptors);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
                return false;
            }
            throw new IllegalStateException("the stem's socket is broken", e);
        }
    }

    /**
     * Takes the reports that have come. At the end of file the stem is dead, and so is every fork that it has not reported.
     */
    void receive() {
        queueEnded = !receive(frozen.queue());
        receiveOfStem();
        expire();
    }

    private void receiveOfStem() {
        if (!dead) {
            dead = !receive(frozen.control());
        }
    }

    private boolean receive(Fd socket) {
        try {
            int length = packet.poll(socket);
            while (length > 0) {
                report(socket == frozen.queue());
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

    private void report(boolean ofSpare) {
        int number = packet.getInt(ZygoteProtocol.NUMBER);
        long id = packet.getLong(ZygoteProtocol.ID);
        switch (packet.getByte(ZygoteProtocol.TYPE)) {
            case ZygoteProtocol.STARTED -> {
                confiner.forked(id);
                started(number, ofSpare ? spares.started(number, id) : pending.remove(id), ofSpare);
            }
            case ZygoteProtocol.IDLE -> spareIsThere(number);
            case ZygoteProtocol.FORK_FAILED -> failed(number, id);
            default -> throw new IllegalStateException("the stem speaks another protocol");
        }
    }

    private void started(int pid, Incoming connection, boolean ofSpare) {
        if (connection != null) {
            listener.started(connection, pid);
            revival.watch(pid, connection.id(), frozen);
            return;
        }
        listener.warn("worker " + pid + " has begun too late, and is killed");
        if (ofSpare) {
            late.add(pid);
        } else {
            givenUp--;
            listener.children().adopt(pid, status -> {});
        }
        kill(pid);
    }

    /** Only a child that is known, and has not been taken away. */
    private void kill(int pid) {
        try {
            listener.children().signal(pid, Signal.SIGKILL);
        } catch (ErrnoException e) {
            listener.warn(e.getMessage());
        }
    }

    private void spareIsThere(int pid) {
        sparesMoved = System.nanoTime();
        if (sparesAsked > 0) {
            sparesAsked--;
        } else {
            givenUp--;
        }
        if (spares.idle(pid)) {
            listener.children().adoptWaiting(pid, status -> onSpareEnd.accept(pid));
        } else if (late.remove(pid)) {
            listener.children().adopt(pid, status -> {});
            kill(pid);
        } else {
            listener.children().forget();
        }
    }

    private void failed(int errno, long id) {
        Incoming connection = pending.remove(id);
        if (connection != null) {
            confiner.forked(id);
            listener.failed(connection, new ErrnoException("fork(" + handler + ")", Errno.of(errno)));
        } else if (id == 0) {
            sparesAsked--;
            listener.children().forget();
            spareFailedAt = System.nanoTime();
            if (!spareFailed) {
                spareFailed = true;
                listener.warn("no spare: fork(" + handler + ") failed: " + Errno.of(errno)
                        + "; tried again each second, without more lines");
            }
        }
    }

    /** A spare has ended. Where it had reported a connection before, it is no spare any more, and this is no news. */
    void spareEnded(int pid) {
        receive(frozen.queue());
        late.remove(pid);
        if (spares.ended(pid)) {
            listener.children().forgetEnd(pid);
        }
    }

    private void expire() {
        // One that was killed before it could report leaves nothing but its end, of a pid that nobody knows.
        if (sparesAsked > 0 && System.nanoTime() - sparesMoved > limit.toNanos()) {
            givenUp += sparesAsked;
            sparesAsked = 0;
        }
        List<Incoming> expired = pending.takeExpired();
        expired.forEach(connection -> listener.children().expect()); // their slots were their announcements
        givenUp += expired.size();
        fail(expired);
        fail(spares.sent().takeExpired());
        if (!expired.isEmpty() && !stuck && !dead) {
            stuck = true;
            listener.warn("the stem " + pid() + " or a worker of it does not answer; it is killed");
            kill(pid());
        }
    }

    private void fail(List<Incoming> expired) {
        for (Incoming connection : expired) {
            confiner.forked(connection.id());
            listener.failed(connection, new ErrnoException("handover(" + handler + ")", Errno.ETIMEDOUT));
        }
    }

    @Override
    public void close() {
        frozen.close();
    }
}
