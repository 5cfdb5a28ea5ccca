package forkd.launcher.bench;

import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.report.Percentiles;
import forkd.launcher.bench.report.Results;
import forkd.launcher.bench.report.Statistics;
import forkd.launcher.bench.server.Forkd;
import forkd.launcher.bench.server.Peers;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The time from when a connection was due until its first byte, at fixed arrival rates. */
final class Latency implements Case {
    private static final double CAPACITY_SECONDS = 0.5;
    private static final int CAPACITY_CLIENTS = 8;

    /**
     * A load.
     *
     * @param scenario its name
     * @param rate arrivals a second; 0: half of what the server can
     * @param seconds of each round
     * @param rounds of them
     * @param servers those that it is for; empty: all
     */
    private record Arrivals(String scenario, double rate, double seconds, int rounds, Set<String> servers) {
        boolean isFor(ServerKind kind) {
            return servers.isEmpty() ? !kind.slow() : servers.contains(kind.id());
        }
    }

    private static final List<Arrivals> FULL = List.of(
            new Arrivals("open-10", 10, 2, 2, Set.of()),
            new Arrivals("open-20", 20, 2, 3, Set.of(Peers.NOTE, Forkd.POOL, Forkd.FORK)),
            new Arrivals("open-100", 100, 2, 4, Set.of()),
            new Arrivals("open-half", 0, 1, 3, Set.of()));
    private static final List<Arrivals> SMOKE = List.of(new Arrivals("open-100", 100, 1.5, 3, Set.of()));

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        try (Fleet fleet = lab.start(kinds(lab))) {
            WarmUp.of(lab, fleet);
            for (Arrivals arrivals : lab.settings().smoke() ? SMOKE : FULL) {
                measure(lab, fleet, arrivals);
            }
        }
    }

    private static List<ServerKind> kinds(Lab lab) {
        List<ServerKind> kinds =
                new ArrayList<>(List.of(lab.forkd().fork(), lab.peers().note()));
        if (!lab.settings().smoke()) {
            kinds.addAll(List.of(
                    lab.peers().tcpserver(),
                    lab.forkd().forkWithoutSpares(),
                    lab.forkd().spawn(),
                    lab.forkd().pool()));
        }
        return kinds;
    }

    private static void measure(Lab lab, Fleet fleet, Arrivals arrivals) throws IOException, InterruptedException {
        for (int round = 0; round < arrivals.rounds; round++) {
            for (RunningServer server : fleet.servers()) {
                if (arrivals.isFor(server.kind())) {
                    double rate = arrivals.rate > 0 ? arrivals.rate : capacity(lab, server) / 2;
                    LoadResult result = lab.load().open(server.port(), rate, arrivals.seconds);
                    add(lab, arrivals.scenario, server.kind().id(), rate, result);
                }
            }
        }
    }

    private static void add(Lab lab, String scenario, String server, double rate, LoadResult result) {
        Results results = lab.results();
        results.add(scenario, server, "arrivals", rate);
        for (double percentile : Percentiles.ALL) {
            results.add(scenario, server, Percentiles.name(percentile), result.firstMicros(percentile));
        }
        lab.addFailures(scenario, server, result);
    }

    /** What the case before this has found, or else a look now. */
    private static double capacity(Lab lab, RunningServer server) throws IOException, InterruptedException {
        List<Double> rates =
                lab.results().values("rate-" + CAPACITY_CLIENTS, server.kind().id(), "rate");
        return rates.isEmpty()
                ? lab.load()
                        .closed(server.port(), CAPACITY_CLIENTS, CAPACITY_SECONDS)
                        .rate()
                : Statistics.median(rates);
    }
}
