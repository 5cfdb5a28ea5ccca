package forkd.launcher.bench;

import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.RunningServer;
import java.io.IOException;
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
        try (Fleet fleet = lab.start(List.of(
                lab.forkd().fork(),
                lab.peers().note(),
                lab.peers().tcpserver(),
                lab.forkd().spawn()))) {
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
