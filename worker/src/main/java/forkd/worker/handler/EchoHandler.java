package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ConnectionLostException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The echo service, RFC 862: sends back what comes, until the client closes its side. */
public final class EchoHandler implements ConnectionHandler {
    /** The class library reads so much without memory from the heap of the C library. */
    private static final int FEW_BYTES = 8 * 1024;

    private static final int MANY_BYTES = 48 * 1024;

    @Override
    public void handle(Connection connection) throws IOException {
        InputStream in = connection.input();
        OutputStream out = connection.output();
        byte[] buffer = new byte[FEW_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
            if (n == FEW_BYTES) {
                echoMuch(connection.channel());
                return;
            }
        }
    }

    /** For a client that sends a lot: a channel moves bytes without copying them through the Java heap. */
    private static void echoMuch(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MANY_BYTES);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }
}
