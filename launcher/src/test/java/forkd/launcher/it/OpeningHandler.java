package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Opens the log by its name. */
public final class OpeningHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        try (OutputStream log = new FileOutputStream("/dev/stderr")) {
            log.write("opened\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
