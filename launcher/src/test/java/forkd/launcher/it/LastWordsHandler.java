package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;

/** Leaves something to do for the end of its process. */
public final class LastWordsHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println("last words")));
    }
}
