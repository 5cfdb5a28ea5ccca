package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Prints where it should not. */
public final class PrintingHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        System.out.println("a stray line");
        connection.output().write("answer".getBytes(StandardCharsets.UTF_8));
    }
}
