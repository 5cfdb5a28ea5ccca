package forkd.launcher.bench;

import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.JavaServers;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections a second in a closed loop of 1, 8 and 64 clients. */
final class ConnectionRate implements Case {
    private static final double SECONDS = 0.4;
    private static final double SLOW_SECONDS = 1.2;
    private static final int MANY = 8;
    private static final int ROUNDS = 5;
    private static final int FEWER_ROUNDS = 3;
    private static final int MOST_FOR_SLOW = 8;
    private static final long PAUSE_MILLIS = 100;

    @Override
    public String name() {
        return "rate";
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        Settings settings = lab.settings();
        List<Integer> clients = settings.smoke() ? List.of(MANY) : List.of(1, MANY, 64);
        try (Fleet fleet = lab.start(kinds(lab))) {
            WarmUp.of(lab, fleet);
            for (int round = 0; round < ROUNDS; round++) {
                for (int many : clients) {
                    if (many == MANY || round < FEWER_ROUNDS) {
                        round(lab, fleet, many, round);
                    }
                }
            }
        }
    }

    private static void round(Lab lab, Fleet fleet, int clients, int round) throws IOException, InterruptedException {
        for (RunningServer server : fleet.servers()) {
            if (!server.kind().slow() || (clients <= MOST_FOR_SLOW && round < FEWER_ROUNDS)) {
                measure(lab, server, clients);
            }
        }
    }

    private static List<ServerKind> kinds(Lab lab) {
        List<ServerKind> kinds = new ArrayList<>(List.of(
                lab.forkd().fork(),
                lab.peers().note(),
                lab.peers().tcpserver(),
                lab.forkd().spawn()));
        if (!lab.settings().smoke()) {
            kinds.add(lab.forkd().forkWithoutSpares());
            kinds.add(lab.forkd().pool());
            kinds.addAll(lab.peers().others());
            kinds.add(JavaServers.jvmEach());
            kinds.add(JavaServers.threads());
        }
        return kinds;
    }

    private static void measure(Lab lab, RunningServer server, int clients) throws IOException, InterruptedException {
        double seconds = server.kind().slow() ? SLOW_SECONDS : SECONDS;
        Counters before = Counters.of(server.pids());
        LoadResult result = lab.load().closed(server.port(), clients, seconds);
        Counters used = Counters.of(server.pids()).since(before);
        String scenario = "rate-" + clients;
        String id = server.kind().id();
        lab.results().add(scenario, id, "rate", result.rate());
        lab.results().add(scenario, id, "p50", result.wholeMicros(50));
        lab.addCosts(scenario, id, result, used);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS); // what this one still has to do is not the next one's load
    }
}
