package forkd.launcher.bench;

import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Bytes through one connection, there and back. */
final class Bulk implements Case {
    private static final int ROUNDS = 5;
    private static final double SECONDS = 0.7;
    private static final double MEGA = 1e6;

    @Override
    public String name() {
        return "bulk";
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        List<ServerKind> kinds =
                new ArrayList<>(List.of(lab.forkd().fork(), lab.peers().note()));
        if (!lab.settings().smoke()) {
            kinds.addAll(List.of(lab.peers().tcpserver(), lab.forkd().spawn()));
        }
        try (Fleet fleet = lab.start(kinds)) {
            for (int round = 0; round < lab.settings().pick(ROUNDS, 3); round++) {
                for (RunningServer server : fleet.servers()) {
                    LoadResult result = lab.load().bulk(server.port(), 1, SECONDS);
                    lab.results().add("bulk", server.kind().id(), "throughput", result.throughput() / MEGA);
                    lab.addFailures("bulk", server.kind().id(), result);
                }
            }
        }
    }
}
