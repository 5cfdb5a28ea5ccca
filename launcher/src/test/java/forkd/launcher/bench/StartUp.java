package forkd.launcher.bench;

import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.util.List;

/** The time from the start of a server to the first byte that it answers; its start-up archives have been made. */
final class StartUp implements Case {
    private static final int ROUNDS = 5;
    private static final double SECOND = 1e9;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public boolean isForSmoke() {
        return false;
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        List<ServerKind> kinds = List.of(
                lab.forkd().spawn(),
                lab.forkd().fork(),
                lab.forkd().pool(),
                lab.peers().tcpserver(),
                lab.peers().note());
        for (int round = 0; round < ROUNDS; round++) {
            for (ServerKind kind : kinds) {
                try (Fleet fleet = lab.start(List.of(kind))) {
                    for (RunningServer server : fleet.servers()) {
                        lab.results().add("start", kind.id(), "first", server.firstByteNanos() / SECOND);
                    }
                }
            }
        }
    }
}
