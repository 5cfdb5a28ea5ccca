package forkd.launcher.process;

import forkd.posix.EnvironmentBlock;
import forkd.posix.ErrnoException;
import forkd.posix.PacketBuffer;
import forkd.worker.WorkerContract;
import forkd.zygote.ZygoteProtocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The packets with which connections travel to a stem or to workers that wait. One thread at a time. */
final class ConnectionPacket {
    private static final long UNKNOWN = 0;

    private final String handler;
    private final WorkerEnvironment environment;

    /** @param handler as titles show it */
    ConnectionPacket(String handler, WorkerEnvironment environment) {
        this.handler = handler;
        this.environment = environment;
    }

    /** For a receiver of whose memory nothing is known. */
    int fill(PacketBuffer packet, Incoming connection) throws ErrnoException {
        return fill(packet, connection, UNKNOWN);
    }

    /**
     * Writes everything but the descriptors, and returns the length.
     *
     * @param data where the receiver has the packet's bytes; 0 where that is not known
     * @throws ErrnoException where this connection cannot be described: no packet will do
     */
    int fill(PacketBuffer packet, Incoming connection, long data) throws ErrnoException {
        List<byte[]> variables = new ArrayList<>();
        for (String variable : environment.of(connection)) {
            variables.add(variable.getBytes(StandardCharsets.UTF_8));
        }
        int block = ZygoteProtocol.BLOCK;
        fillTitle(packet, connection);
        if (data == UNKNOWN) {
            EnvironmentBlock.write(packet, block, variables);
        } else {
            EnvironmentBlock.writeFor(data, packet, block, variables);
        }
        return block + EnvironmentBlock.size(variables);
    }

    private void fillTitle(PacketBuffer packet, Incoming connection) {
        String title =
                WorkerContract.title(connection.id(), handler, connection.peer().toString());
        byte[] text = title.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, ZygoteProtocol.MAX_TITLE_BYTES);
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.CONNECTION);
        packet.putByte(ZygoteProtocol.CGROUP, (byte)
                (connection.cgroup() == null ? 0 : connection.descriptors().size() - 1));
        packet.putLong(ZygoteProtocol.ID, connection.id());
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, length);
        packet.putBytes(ZygoteProtocol.TEXT, text, 0, length);
        packet.putInt(ZygoteProtocol.ENVIRONMENT, ZygoteProtocol.BLOCK);
    }
}
