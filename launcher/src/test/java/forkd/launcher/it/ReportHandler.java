package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reports what a handler is told of its connection. */
public final class ReportHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        String report = String.format(
                "id=%d remote=%s local=%s open=%s%n",
                connection.id(),
                connection.remote(),
                connection.local(),
                connection.channel().isOpen());
        connection.output().write(report.getBytes(StandardCharsets.UTF_8));
    }
}
