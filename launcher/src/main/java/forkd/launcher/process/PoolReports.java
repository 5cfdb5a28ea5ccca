package forkd.launcher.process;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Sockets;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;

/**
 * What the workers of a pool say on the queue. A worker that may serve several connections holds the queue while its handler
 * runs, and a handler with native calls can say there whatever it likes. So who it is is the kernel's word and not the packet's
 * (SCM_CREDENTIALS, unix(7)), every number is looked at before it is used, and no descriptor is taken. Used on the accept loop's
 * thread.
 */
final class PoolReports {
    /** No report of a worker's: too short, too long, or with descriptors. */
    static final byte MALFORMED = 0;

    private final PacketBuffer packet = PacketBuffer.withSender(ZygoteProtocol.MAX_BYTES);
    private final Fd queue;

    /**
     * One of them.
     *
     * @param type of {@link ZygoteProtocol}, or {@link #MALFORMED}, or anything
     * @param id of a connection, where the type has one
     * @param text empty where there is none
     */
    record Report(int pid, byte type, long id, String text) {}

    /** @param queue the launcher's end, which stays its owner's */
    PoolReports(Fd queue) throws ErrnoException {
        this.queue = queue;
        Sockets.setsockopt(queue, Sockets.SOL_SOCKET, Sockets.SO_PASSCRED, 1);
    }

    /** The next one; null where none waits. Does not block. */
    Report next() {
        int length;
        try {
            length = packet.poll(queue);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EMSGSIZE) {
                return malformed();
            }
            throw new IllegalStateException("the queue is broken", e);
        }
        if (length < 0) {
            return null;
        }
        if (length < ZygoteProtocol.SHORT_BYTES) {
            return malformed();
        }
        int text = packet.getInt(ZygoteProtocol.TEXT_LENGTH);
        if (text < 0 || text > length - ZygoteProtocol.TEXT) {
            return malformed();
        }
        byte[] bytes = new byte[text];
        packet.getBytes(ZygoteProtocol.TEXT, bytes, 0, text);
        return new Report(
                packet.sender(),
                packet.getByte(ZygoteProtocol.TYPE),
                packet.getLong(ZygoteProtocol.ID),
                new String(bytes, StandardCharsets.UTF_8));
    }

    private Report malformed() {
        return new Report(packet.sender(), MALFORMED, 0, "");
    }
}
