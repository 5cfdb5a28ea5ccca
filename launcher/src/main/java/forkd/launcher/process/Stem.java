package forkd.launcher.process;

import forkd.launcher.freeze.FrozenStem;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.worker.WorkerContract;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The launcher's side of one stem: what it was asked for and has not answered. A connection that was sent stays here, with its
 * descriptor open, until a worker has reported it.
 */
final class Stem implements AutoCloseable {
    /** Requests under way; with more the socket's buffer might fill, and the accept loop must not wait for a stem. */
    private static final int MAX_PENDING = 64;

    private final FrozenStem frozen;
    private final String handler;
    private final LaunchListener listener;
    private final Map<Long, Incoming> pending = new LinkedHashMap<>();
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, 1);
    private int forks;

    Stem(FrozenStem frozen, String handler, LaunchListener listener) {
        this.frozen = frozen;
        this.handler = handler;
        this.listener = listener;
    }

    int pid() {
        return frozen.pid();
    }

    Fd control() {
        return frozen.control();
    }

    int forks() {
        return forks;
    }

    boolean hasRoom() {
        return pending.size() < MAX_PENDING;
    }

    /** Whether everything that was asked for has been answered. */
    boolean isIdle() {
        return pending.isEmpty();
    }

    /** What was sent and not reported. */
    List<Incoming> pending() {
        return List.copyOf(pending.values());
    }

    /**
     * Asks for a worker.
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
        try {
            if (!packet.offer(frozen.control(), ZygoteProtocol.TEXT + length, connection.socket())) {
                return false;
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
                return false;
            }
            throw new IllegalStateException("the stem's socket is broken", e);
        }
        pending.put(connection.id(), connection);
        forks++;
        return true;
    }

    /**
     * Takes the reports that have come.
     *
     * @return false at the end of file: the stem is dead, and so is everything that it has not reported
     */
    boolean receive() {
        try {
            int length = packet.poll(frozen.control());
            while (length > 0) {
                report();
                length = packet.poll(frozen.control());
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
        Incoming connection = pending.remove(packet.getLong(ZygoteProtocol.ID));
        int number = packet.getInt(ZygoteProtocol.NUMBER);
        if (connection == null) {
            return; // given up meanwhile
        }
        if (packet.getByte(ZygoteProtocol.TYPE) == ZygoteProtocol.STARTED) {
            listener.started(connection, number);
        } else {
            listener.failed(connection, new ErrnoException("fork(" + handler + ")", Errno.of(number)));
        }
    }

    @Override
    public void close() {
        frozen.close();
    }
}
