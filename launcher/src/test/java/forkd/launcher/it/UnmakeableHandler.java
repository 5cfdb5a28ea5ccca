package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;

/** Its constructor fails. */
public final class UnmakeableHandler implements ConnectionHandler {
    public UnmakeableHandler() {
        throw new IllegalStateException("on purpose");
    }

    @Override
    public void handle(Connection connection) {
        throw new IllegalStateException("nobody can come here");
    }
}
