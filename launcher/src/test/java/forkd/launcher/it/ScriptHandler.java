package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;

/** Leaves the connection to a program, which inherits what the worker has. */
public final class ScriptHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException, InterruptedException {
        new ProcessBuilder(System.getProperty("script")).inheritIO().start().waitFor();
    }
}
