package forkd.launcher.bench;

import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.JavaServers;
import forkd.launcher.bench.server.RunningServer;
import java.io.IOException;
import java.util.List;

/** Whether the load generator is in the way: that in C and one in Java, against the fastest server. */
final class Generators implements Case {
    private static final String SCENARIO = "generator";
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 3;
    private static final double SECONDS = 1;

    @Override
    public String name() {
        return SCENARIO;
    }

    @Override
    public boolean isForSmoke() {
        return false;
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        lab.titles().put("load.c", "load.c");
        lab.titles().put("NioLoad", "NioLoad, the same in Java");
        try (Fleet fleet = lab.start(List.of(lab.peers().note()))) {
            RunningServer server = fleet.servers().get(0);
            for (int round = 0; round < ROUNDS; round++) {
                add(lab, "load.c", lab.load().closed(server.port(), CLIENTS, SECONDS));
                add(
                        lab,
                        "NioLoad",
                        lab.load()
                                .java(JavaServers.java(), JavaServers.classes(), server.port(), CLIENTS, 2 * SECONDS));
            }
        }
    }

    private static void add(Lab lab, String generator, LoadResult result) {
        lab.results().add(SCENARIO, generator, "rate", result.rate());
        lab.results().add(SCENARIO, generator, "generator", result.generatorNanos() / 1000.0 / result.ok());
    }
}
