package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reports which process it is in and which connection it has; in the zygote it has already asked for the pid once. */
public final class IdentityHandler implements ConnectionHandler {
    private static final long ZYGOTE = ProcessHandle.current().pid();

    @Override
    public void handle(Connection connection) throws IOException {
        String report = String.format(
                "pid=%d zygote=%d alive=%s id=%d remote=%s local=%s inherited=%s%n",
                ProcessHandle.current().pid(),
                ZYGOTE,
                ProcessHandle.current().isAlive(),
                connection.id(),
                connection.remote(),
                connection.local(),
                System.inheritedChannel() == connection.channel());
        connection.output().write(report.getBytes(StandardCharsets.UTF_8));
    }
}
