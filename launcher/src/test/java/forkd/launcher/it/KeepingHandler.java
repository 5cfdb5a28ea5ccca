package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.FileInputStream;
import java.io.IOException;

/** Opens the file that the property {@code kept} names in each warm-up connection and keeps the last; a worker sends its first byte. */
public final class KeepingHandler implements ConnectionHandler {
    private static FileInputStream last;

    @Override
    public void handle(Connection connection) throws IOException {
        if (connection.id() == 0) {
            last = new FileInputStream(System.getProperty("kept"));
        } else {
            connection.output().write(last.read());
        }
    }
}
