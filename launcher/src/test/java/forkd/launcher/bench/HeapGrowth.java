package forkd.launcher.bench;

import forkd.launcher.bench.handler.HeapEcho;
import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.Forkd;
import forkd.launcher.bench.server.ProcessMemory;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How the fork model grows with the heap of the handler: fork(2) copies page tables. */
final class HeapGrowth implements Case {
    private static final double SECONDS = 0.5;
    private static final double ARRIVALS = 100;
    private static final double OPEN_SECONDS = 1;
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 5;
    private static final int FEWER_ROUNDS = 3;
    private static final int ROOM = 3; // halves: the collector needs more than what lives
    private static final int OTHER_MEGABYTES = 128;

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        lab.titles().put(Forkd.FORK, lab.forkd().fork().title());
        List<ServerKind> kinds = new ArrayList<>();
        for (int megabytes : lab.settings().smoke() ? List.of(10, 500) : List.of(10, 100, 500, 1000)) {
            kinds.add(kind(lab, megabytes));
        }
        try (Fleet fleet = lab.start(kinds)) {
            WarmUp.of(lab, fleet);
            for (int round = 0; round < lab.settings().pick(ROUNDS, FEWER_ROUNDS); round++) {
                for (RunningServer server : fleet.servers()) {
                    rate(lab, server);
                }
            }
            for (int round = 0; round < lab.settings().pick(FEWER_ROUNDS, 0); round++) {
                for (RunningServer server : fleet.servers()) {
                    LoadResult result = lab.load().open(server.port(), ARRIVALS, OPEN_SECONDS);
                    lab.results().add(server.kind().id(), Forkd.FORK, "p50", result.firstMicros(50));
                    lab.results().add(server.kind().id(), Forkd.FORK, "p99", result.firstMicros(99));
                }
            }
            for (RunningServer server : fleet.servers()) {
                lab.addMemory(server.kind().id(), Forkd.FORK, ProcessMemory.of(server.forking()));
            }
        }
    }

    private static ServerKind kind(Lab lab, int megabytes) {
        int most = megabytes * ROOM / 2 + OTHER_MEGABYTES;
        return lab.forkd()
                .handler(
                        "heap-" + megabytes,
                        "",
                        HeapEcho.class,
                        "-J-Xmx" + most + "m",
                        "-J-D" + HeapEcho.MEGABYTES + "=" + megabytes,
                        "--warm-up",
                        "50");
    }

    private static void rate(Lab lab, RunningServer server) throws IOException, InterruptedException {
        Counters before = Counters.of(server.pids());
        LoadResult result = lab.load().closed(server.port(), CLIENTS, SECONDS);
        Counters used = Counters.of(server.pids()).since(before);
        lab.results().add(server.kind().id(), Forkd.FORK, "rate", result.rate());
        lab.addCosts(server.kind().id(), Forkd.FORK, result, used);
    }
}
