package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;

/** Fails. */
public final class FailingHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) {
        throw new IllegalStateException("on purpose");
    }
}
