package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Uses the network before it has a connection, and its channel then. */
public final class LookUpHandler implements ConnectionHandler {
    @Override
    public void warmUp() throws IOException {
        if (!InetAddress.getByName("localhost").isLoopbackAddress()) {
            throw new IOException("localhost is somewhere else");
        }
    }

    @Override
    public void handle(Connection connection) throws IOException {
        String report = connection.remote() + " " + connection.local() + " over the channel";
        connection.channel().write(ByteBuffer.wrap(report.getBytes(StandardCharsets.UTF_8)));
    }
}
