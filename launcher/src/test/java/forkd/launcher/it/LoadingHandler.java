package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Loads the class that the client names, says so, and waits for the client to go. */
public final class LoadingHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException, ClassNotFoundException {
        StringBuilder name = new StringBuilder();
        for (int c = connection.input().read();
                c >= 0 && c != '\n';
                c = connection.input().read()) {
            name.append((char) c);
        }
        String loaded = Class.forName(name.toString()).getName();
        connection.output().write((loaded + "\n").getBytes(StandardCharsets.UTF_8));
        connection.input().read();
    }
}
