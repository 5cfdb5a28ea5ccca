package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.io.InputStream;

/** The discard service, RFC 863: throws away what comes, until the client closes its side. */
public final class DiscardHandler implements ConnectionHandler {
    private static final int BUFFER_BYTES = 64 * 1024;

    @Override
    public void handle(Connection connection) throws IOException {
        InputStream in = connection.input();
        byte[] buffer = new byte[BUFFER_BYTES];
        while (in.read(buffer) >= 0) {
            // thrown away
        }
    }
}
