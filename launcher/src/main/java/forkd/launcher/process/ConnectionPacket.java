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
    private final String handler;
    private final WorkerEnvironment environment;

    /** @param handler as titles show it */
    ConnectionPacket(String handler, WorkerEnvironment environment) {
        this.handler = handler;
        this.environment = environment;
    }

    /**
     * Writes everything but the descriptors, and returns the length.
     *
     * @throws ErrnoException where this connection cannot be described: no packet will do
     */
    int fill(PacketBuffer packet, Incoming connection) throws ErrnoException {
        String title =
                WorkerContract.title(connection.id(), handler, connection.peer().toString());
        byte[] text = title.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, ZygoteProtocol.MAX_TEXT_BYTES);
        int block = EnvironmentBlock.align(ZygoteProtocol.TEXT + length);
        List<byte[]> variables = new ArrayList<>();
        for (String variable : environment.of(connection)) {
            variables.add(variable.getBytes(StandardCharsets.UTF_8));
        }
        packet.putByte(ZygoteProtocol.TYPE, ZygoteProtocol.CONNECTION);
        packet.putByte(ZygoteProtocol.CGROUP, (byte)
                (connection.cgroup() == null ? 0 : connection.descriptors().size() - 1));
        packet.putLong(ZygoteProtocol.ID, connection.id());
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, length);
        packet.putBytes(ZygoteProtocol.TEXT, text, 0, length);
        packet.putInt(ZygoteProtocol.ENVIRONMENT, block);
        EnvironmentBlock.write(packet, block, variables);
        return block + EnvironmentBlock.size(variables);
    }
}
