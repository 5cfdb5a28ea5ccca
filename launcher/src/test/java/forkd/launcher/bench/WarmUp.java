package forkd.launcher.bench;

import forkd.launcher.bench.server.RunningServer;
import java.io.IOException;

/** What a server goes through before it is measured: it is compared as one that has run for a while. All have the same. */
final class WarmUp {
    /** As long as a launcher's JVM takes to compile its way of a connection. */
    private static final double SECONDS = 2;

    private static final double SLOW_SECONDS = 0.3;
    private static final int CLIENTS = 8;

    private WarmUp() {}

    static void of(Lab lab, Fleet fleet) throws IOException, InterruptedException {
        for (RunningServer server : fleet.servers()) {
            lab.load().closed(server.port(), CLIENTS, server.kind().slow() ? SLOW_SECONDS : SECONDS);
        }
    }
}
