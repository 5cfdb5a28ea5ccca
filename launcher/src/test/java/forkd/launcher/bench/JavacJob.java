package forkd.launcher.bench;

import forkd.launcher.bench.handler.JavacHandler;
import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.server.Forkd;
import forkd.launcher.bench.server.JavaServers;
import forkd.launcher.bench.server.Programs;
import forkd.launcher.bench.server.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A job that nobody here wrote: javac of a file, by a forked worker for each connection, and by the command. */
final class JavacJob implements Case {
    private static final String SCENARIO = "javac";
    private static final String CLASS_FILE = "cafebabe";
    private static final String COLD = "javac";
    private static final String COLD_TUNED = "javac-tuned";
    private static final int WARM_UPS = 200;
    private static final int WARM_UPS_SMOKE = 50;
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 5;
    private static final double SECONDS = 1;
    private static final double NANOS_A_MILLI = 1e6;
    private static final double MICROS_A_MILLI = 1e3;

    @Override
    public String name() {
        return "javac";
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(lab.settings().folder().resolve("job"));
        Path source = Files.writeString(folder.resolve("Job.java"), JavacHandler.SOURCE);
        lab.titles().put(Forkd.FORK, lab.forkd().fork().title());
        lab.titles().put(COLD, "the javac command");
        lab.titles().put(COLD_TUNED, "the javac command with options that start a JVM fastest");
        // Connections, and not a warmUp() of its own: one of them is run after the last collection of garbage, too.
        try (RunningServer server = lab.start(lab.forkd()
                .handler(
                        "forkd-javac",
                        "",
                        JavacHandler.class,
                        "--warm-up",
                        Integer.toString(lab.settings().pick(WARM_UPS, WARM_UPS_SMOKE)),
                        "--warm-up-input",
                        source.toString(),
                        // What README says of handlers that do much.
                        "-J",
                        "-Xms64m",
                        "-J",
                        "-Xmn32m",
                        "-J",
                        "-XX:CompileThresholdScaling=0.1"))) {
            for (int round = 0; round < lab.settings().pick(ROUNDS, 2); round++) {
                cold(lab, COLD, source, List.of());
                cold(lab, COLD_TUNED, source, List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
                LoadResult one = lab.load().jobs(server.port(), 1, SECONDS, source, CLASS_FILE);
                lab.results().add(SCENARIO, Forkd.FORK, "job", one.wholeMicros(50) / MICROS_A_MILLI);
                lab.addFailures(SCENARIO, Forkd.FORK, one);
                LoadResult many = lab.load().jobs(server.port(), CLIENTS, SECONDS, source, CLASS_FILE);
                lab.results().add(SCENARIO, Forkd.FORK, "rate", many.rate());
                lab.addFailures(SCENARIO, Forkd.FORK, many);
            }
        }
    }

    private static void cold(Lab lab, String id, Path source, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JavaServers.jdk("javac")));
        command.addAll(options);
        command.addAll(List.of("-proc:none", "-d", source.getParent().toString(), source.toString()));
        long start = System.nanoTime();
        Programs.output(command);
        lab.results().add(SCENARIO, id, "job", (System.nanoTime() - start) / NANOS_A_MILLI);
    }
}
