package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The echo service, RFC 862: sends back what comes, until the client closes its side. */
public final class EchoHandler implements ConnectionHandler {
    private static final int BUFFER_BYTES = Integer.getInteger("fz.buf", 8192);

    @Override
    public void handle(Connection connection) throws IOException {
        InputStream in = connection.input();
        OutputStream out = connection.output();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
        }
    }
}
