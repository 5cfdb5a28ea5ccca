package forkd.launcher.process;

import forkd.posix.PacketBuffer;
import forkd.worker.WorkerContract;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;

/** The packet with which a connection travels to a stem or to a worker that waits. */
final class ConnectionPacket {
    private ConnectionPacket() {}

    /** Writes everything but the descriptor, and returns the length. */
    static int fill(PacketBuffer packet, Incoming connection, String handler) {
        String title =
                WorkerContract.title(connection.id(), handler, connection.peer().toString());
        byte[] text = title.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, ZygoteProtocol.MAX_TEXT_BYTES);
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.CONNECTION);
        packet.putLong(ZygoteProtocol.ID, connection.id());
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, length);
        packet.putBytes(ZygoteProtocol.TEXT, text, 0, length);
        return ZygoteProtocol.TEXT + length;
    }
}
