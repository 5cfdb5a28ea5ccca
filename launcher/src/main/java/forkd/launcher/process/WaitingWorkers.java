package forkd.launcher.process;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.zygote.ZygoteProtocol;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Workers that were started ahead and wait for a connection on one shared packet socket, the queue. Which of them takes a
 * connection is the kernel's choice, and is known when it reports. Used on the accept loop's thread.
 *
 * <pre>
 *   launcher                  the queue              workers 11, 12
 *   send(connection 7) ─────▶ [7]                    both sleep in recvmsg(2)
 *   waiting(): one less       []  ─────────────────▶ 12 wakes, and has the only copy besides ours
 *   STARTED 12, 7 ◀──────────────────────────────── 12
 *   started: 12 is no waiting worker any more
 * </pre>
 *
 * A worker that is killed between the last two steps takes its connection along: nobody can tell from here whether it had
 * begun to serve it, so the connection is given up after a while, and its client sees the end of file.
 */
final class WaitingWorkers {
    private final Fd queue;
    private final Set<Integer> idle = new HashSet<>();
    /** Workers that have reported a connection, and whose report that they wait has not been read yet. */
    private final Set<Integer> ahead = new HashSet<>();

    private final Handovers sent;
    private long lastSent = System.nanoTime() - Duration.ofDays(1).toNanos();
    private int ending;

    /**
     * @param queue the launcher's end, which stays its owner's
     * @param limit how long one of them may take to report a connection
     */
    WaitingWorkers(Fd queue, Duration limit) {
        this.queue = queue;
        this.sent = new Handovers(limit);
    }

    /** How many wait and have nothing to come. */
    int waiting() {
        return Math.max(0, idle.size() - sent.size() - ending);
    }

    /** How many connections are in the queue for which nobody waits: those that did have ended. */
    int lacking() {
        return Math.max(0, sent.size() - idle.size());
    }

    /** When a connection was sent last; {@link System#nanoTime}. */
    long lastSent() {
        return lastSent;
    }

    /** Connections that were sent and not reported. */
    Handovers sent() {
        return sent;
    }

    /**
     * A worker waits from now on.
     *
     * @return false where it does not any more: where the two reports of a worker come over different sockets, the second may
     *     be read first
     */
    boolean idle(int pid) {
        if (ahead.remove(pid)) {
            return false;
        }
        idle.add(pid);
        return true;
    }

    /** Whether it has said that it waits, and nothing since. */
    boolean isIdle(int pid) {
        return idle.contains(pid);
    }

    /** All of them. */
    List<Integer> pids() {
        return List.copyOf(idle);
    }

    /**
     * Gives a connection to one of those that wait.
     *
     * @param packet says which
     * @return false where it could not be sent
     */
    boolean send(Incoming connection, PacketBuffer packet, int length) {
        if (!offer(packet, length, connection.descriptors())) {
            return false;
        }
        sent.add(connection);
        lastSent = System.nanoTime();
        return true;
    }

    /** A worker has reported a connection; null where it had been given up. */
    Incoming started(int pid, long id) {
        if (!idle.remove(pid)) {
            ahead.add(pid);
        }
        return sent.remove(id);
    }

    /** Ends one of those that wait. */
    void endOne(PacketBuffer packet) {
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.SPARE);
        if (waiting() > 0 && offer(packet, ZygoteProtocol.SHORT_BYTES, List.of())) {
            ending++;
        }
    }

    /**
     * A process has ended; all its reports have been read.
     *
     * @return whether it was one of those that wait
     */
    boolean ended(int pid) {
        if (!idle.remove(pid)) {
            return false;
        }
        ending = Math.max(0, ending - 1);
        return true;
    }

    private boolean offer(PacketBuffer packet, int length, List<Fd> descriptors) {
        try {
            return packet.offer(queue, length, descriptors);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
                return false; // nobody holds the other end
            }
            throw new IllegalStateException("the queue is broken", e);
        }
    }
}
