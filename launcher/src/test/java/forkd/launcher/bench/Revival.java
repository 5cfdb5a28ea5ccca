package forkd.launcher.bench;

import forkd.launcher.bench.handler.Task;
import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * When a worker gets its threads of the VM, and what that costs. One server never needs them early; the other's first workers
 * have collected garbage at once, so all its later ones revive the VM Thread at the fork. JVMs of a pool have all their threads.
 */
final class Revival implements Case {
    /** The VM Thread comes late, if at all. */
    private static final String LATE = "forkd-late";

    /** It comes at the fork. */
    private static final String EARLY = "forkd-early";

    private static final String POOLED = "forkd-pooled";

    private static final List<Task.Kind> SHORT = List.of(Task.Kind.NOTHING, Task.Kind.COLLECT, Task.Kind.HOOK);
    private static final List<Task.Kind> LONG = List.of(Task.Kind.SLEEP, Task.Kind.COMPUTE);

    private static final int CLIENTS = 8;
    private static final int ROUNDS = 3;
    private static final double SECONDS = 0.4;
    private static final double HOT_SECONDS = 0.8;
    private static final double COLLECTING_SECONDS = 0.5;
    private static final double MICROS_A_MILLI = 1e3;

    @Override
    public String name() {
        return "revival";
    }

    @Override
    public boolean isForSmoke() {
        return false;
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        ServerKind late = lab.forkd().handler(LATE, "**forkd, model fork, VM Thread late**", Task.class, warm(lab));
        ServerKind early =
                lab.forkd().handler(EARLY, "**forkd, model fork, VM Thread at the fork**", Task.class, warm(lab));
        ServerKind pooled = lab.forkd().pooled(POOLED, "**forkd, model pool**", Task.class);
        try (Fleet fleet = lab.start(List.of(late, early, pooled))) {
            for (RunningServer server : fleet.servers()) {
                if (server.kind().id().equals(EARLY)) {
                    jobs(lab, server, Task.Kind.COLLECT, 1, COLLECTING_SECONDS);
                }
                jobs(lab, server, Task.Kind.NOTHING, CLIENTS, SECONDS);
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (RunningServer server : fleet.servers()) {
                    round(lab, server);
                }
            }
        }
    }

    private static String[] warm(Lab lab) throws IOException {
        return new String[] {
            "--warm-up", "100", "--warm-up-input", input(lab, Task.Kind.NOTHING).toString()
        };
    }

    private static void round(Lab lab, RunningServer server) throws IOException, InterruptedException {
        String id = server.kind().id();
        if (!server.kind().slow()) {
            // The late one's workers must not learn to need it: they never collect.
            for (Task.Kind kind : SHORT) {
                if (kind != Task.Kind.COLLECT || id.equals(EARLY)) {
                    measure(lab, server, kind);
                }
            }
            for (Task.Kind kind : LONG) {
                measure(lab, server, kind);
            }
        }
        LoadResult hot = jobs(lab, server, Task.Kind.HOT, 1, HOT_SECONDS);
        lab.results().add(scenario(Task.Kind.HOT), id, "job", hot.wholeMicros(50) / MICROS_A_MILLI);
    }

    private static void measure(Lab lab, RunningServer server, Task.Kind kind)
            throws IOException, InterruptedException {
        Counters before = Counters.of(server.pids());
        LoadResult result = jobs(lab, server, kind, CLIENTS, SECONDS);
        Counters used = Counters.of(server.pids()).since(before);
        lab.results().add(scenario(kind), server.kind().id(), "rate", result.rate());
        lab.addCosts(scenario(kind), server.kind().id(), result, used);
    }

    static String scenario(Task.Kind kind) {
        return "revival-" + kind.name().toLowerCase(Locale.ROOT);
    }

    private static LoadResult jobs(Lab lab, RunningServer server, Task.Kind kind, int clients, double seconds)
            throws IOException, InterruptedException {
        LoadResult result = lab.load().jobs(server.port(), clients, seconds, input(lab, kind), hex(Task.DONE));
        lab.addFailures(scenario(kind), server.kind().id(), result);
        return result;
    }

    private static Path input(Lab lab, Task.Kind kind) throws IOException {
        Path folder = Files.createDirectories(lab.settings().folder().resolve("tasks"));
        return Files.writeString(folder.resolve(kind.name()), kind.text());
    }

    private static String hex(String text) {
        StringBuilder hex = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
            hex.append(String.format(Locale.ROOT, "%02x", b));
        }
        return hex.toString();
    }
}
