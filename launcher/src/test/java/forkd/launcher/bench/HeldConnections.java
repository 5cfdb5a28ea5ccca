package forkd.launcher.bench;

import forkd.launcher.bench.load.HeldLoad;
import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.report.Statistics;
import forkd.launcher.bench.server.AccessMonitor;
import forkd.launcher.bench.server.ProcessMemory;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Many connections at once, each with a worker of its own: what one costs in memory, and whether others still get through. */
final class HeldConnections implements Case {
    private static final int MANY = 10_000;
    private static final int MANY_FOR_SMOKE = 300;
    private static final int MOST_RESTS = 20;
    /** At work is who uses more than this part of a processor. */
    private static final int BUSY_PART = 20;

    private static final int ROUNDS = 12;
    private static final int CLIENTS = 8;
    private static final double SECONDS = 0.3;
    /** At rest is a monitor that uses less than this part of a processor. */
    private static final int RESTING_PART = 20;

    /** Longer than this it may not take to make them, */
    private static final double LONGEST_SECONDS = 60;
    /** nor longer than this part of what is left of the run: to end them takes time, too. */
    private static final double PART_OF_THE_REST = 0.25;
    /** Too little for another server. */
    private static final Duration LEAST = Duration.ofSeconds(90);

    private static final long MEGABYTES_EACH = 2;
    private static final int OTHER_PROCESSES = 2000;
    /** Its own, and its VM Thread's. */
    private static final int PIDS_EACH = 2;
    /** For the pipe of a worker's messages. */
    private static final int DESCRIPTORS_EACH = 2;

    private static final int OTHER_DESCRIPTORS = 500;
    private static final int SAMPLES = 20;
    private static final long SETTLE_MILLIS = 500;

    @Override
    public String name() {
        return "held";
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        List<ServerKind> kinds = lab.settings().smoke()
                ? List.of(lab.forkd().fork())
                : List.of(lab.forkd().fork(), lab.peers().note());
        for (ServerKind kind : kinds) {
            if (lab.left().compareTo(LEAST) < 0) {
                lab.note("held, " + kind.id() + ": left out, there are only "
                        + lab.left().toSeconds() + " s left");
                continue;
            }
            try (Fleet fleet = lab.start(List.of(kind.withManyDescriptors()))) {
                for (RunningServer server : fleet.servers()) {
                    measure(lab, server);
                }
            }
        }
    }

    private static void measure(Lab lab, RunningServer server) throws IOException, InterruptedException {
        String id = server.kind().id();
        rates(lab, server, "held-before");
        double rate = Statistics.median(lab.results().values("held-before", id, "rate"));
        int many = affordable(lab, id, rate);
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        double before = ProcessMemory.availableMegabytes();
        try (HeldLoad held = lab.load().hold(server.port(), many)) {
            if (!held.failure().isEmpty()) {
                lab.note("held, " + id + ": " + held.failure());
            }
            awaitRest(server.main());
            lab.results().add("held", id, "count", held.count());
            lab.results().add("held", id, "memory", (before - ProcessMemory.availableMegabytes()) / held.count());
            for (double pss : ProcessMemory.pssOfWorkers(server.main(), SAMPLES)) {
                lab.results().add("held", id, "pss", pss);
            }
            rates(lab, server, "held");
            lab.results().add("held", id, "speak", held.speak());
        }
    }

    /** Long-lived workers get threads of the VM from the launcher, one worker after the other: it has other work until then. */
    private static void awaitRest(ProcessHandle server) throws InterruptedException {
        Duration used = cpu(server);
        for (int i = 0; i < MOST_RESTS; i++) {
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            Duration now = cpu(server);
            if (now.minus(used).toMillis() * BUSY_PART < SETTLE_MILLIS) {
                return;
            }
            used = now;
        }
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Twice, where the kernel has a monitor that is at work from time to time: all rounds, and those in which it was at rest. */
    private static void rates(Lab lab, RunningServer server, String scenario) throws IOException, InterruptedException {
        AccessMonitor monitor = new AccessMonitor();
        for (int i = 0; i < lab.settings().pick(ROUNDS, 5); i++) {
            Duration used = monitor.used();
            long start = System.nanoTime();
            LoadResult result = lab.load().closed(server.port(), CLIENTS, SECONDS);
            String id = server.kind().id();
            lab.results().add(scenario, id, "rate", result.rate());
            lab.addFailures(scenario, id, result);
            long most = (System.nanoTime() - start) / RESTING_PART;
            if (monitor.exists() && monitor.used().minus(used).toNanos() < most) {
                lab.results().add(scenario + "-rest", id, "rate", result.rate());
            }
        }
    }

    /** As many as this machine has room and time for. */
    private static int affordable(Lab lab, String server, double rate) throws IOException, InterruptedException {
        int wanted = lab.settings().pick(MANY, MANY_FOR_SMOKE);
        int processes = (ProcessMemory.mostProcesses() - OTHER_PROCESSES) / PIDS_EACH;
        int descriptors = (ServerKind.manyDescriptors() - OTHER_DESCRIPTORS) / DESCRIPTORS_EACH;
        int memory = (int) (ProcessMemory.availableMegabytes() / MEGABYTES_EACH);
        int time = (int) (rate * Math.min(LONGEST_SECONDS, lab.left().toSeconds() * PART_OF_THE_REST));
        int many =
                IntStream.of(wanted, time, processes, descriptors, memory).min().orElseThrow();
        if (many < wanted) {
            lab.note("held, " + server + ": only " + many + " instead of " + wanted
                    + " connections are held: there are "
                    + "processes for " + processes + ", descriptors for " + descriptors + ", memory for " + memory
                    + ", time for " + time);
        }
        return many;
    }
}
