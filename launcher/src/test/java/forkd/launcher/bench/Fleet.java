package forkd.launcher.bench;

import forkd.launcher.bench.server.RunningServer;
import java.util.ArrayList;
import java.util.List;

/** Servers that run at once, most of them idle: only one is under load at a time. */
final class Fleet implements AutoCloseable {
    private final List<RunningServer> servers = new ArrayList<>();

    void add(RunningServer server) {
        servers.add(server);
    }

    List<RunningServer> servers() {
        return List.copyOf(servers);
    }

    @Override
    public void close() throws InterruptedException {
        for (RunningServer server : servers) {
            server.close();
        }
    }
}
