package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Tells how much memory its JVM may use. */
public final class HeapHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        String bytes = Long.toString(Runtime.getRuntime().maxMemory());
        connection.output().write(bytes.getBytes(StandardCharsets.UTF_8));
    }
}
