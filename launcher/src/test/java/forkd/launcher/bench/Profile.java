package forkd.launcher.bench;

import forkd.launcher.bench.handler.HeapEcho;
import forkd.launcher.bench.server.ProcessMemory;
import forkd.launcher.bench.server.Programs;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where the time goes: what a fork pays for, what is forked, and where perf(1) is installed, which functions run while 8 clients connect. */
final class Profile implements Case {
    private static final double SECONDS = 1.5;
    private static final int CLIENTS = 8;

    @Override
    public String name() {
        return "profile";
    }

    @Override
    public boolean isForSmoke() {
        return false;
    }

    @Override
    public void run(Lab lab) throws IOException, InterruptedException {
        write(lab, "forkcost", Programs.output(List.of(lab.program("forkcost").toString())) + "\n");
        boolean perf = Programs.find("perf").isPresent();
        if (!perf) {
            lab.note("profile: perf is not installed (Debian: linux-perf), so there are no lists of functions");
        }
        ServerKind heap = lab.forkd()
                .handler(
                        "forkd-heap-500",
                        "**forkd, model fork, 500 MB of heap**",
                        HeapEcho.class,
                        "-J-D" + HeapEcho.MEGABYTES + "=500",
                        "-J-Xmx900m");
        try (Fleet fleet = lab.start(
                List.of(lab.forkd().fork(), lab.peers().note(), lab.peers().tcpserver(), heap))) {
            for (RunningServer server : fleet.servers()) {
                lab.load().closed(server.port(), CLIENTS, SECONDS / 2);
                lab.addMemory("forked", server.kind().id(), ProcessMemory.of(server.forking()));
                if (perf) {
                    functions(lab, server);
                }
            }
        }
    }

    private static void functions(Lab lab, RunningServer server) throws IOException, InterruptedException {
        Path data = lab.settings().folder().resolve("perf.data");
        Process record = new ProcessBuilder(
                        "timeout",
                        "20",
                        "perf",
                        "record",
                        "-q",
                        "-a",
                        "-F",
                        "999",
                        "-o",
                        data.toString(),
                        "--",
                        "sleep",
                        "1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        lab.load().closed(server.port(), CLIENTS, SECONDS);
        if (!record.waitFor(20, TimeUnit.SECONDS) || record.exitValue() != 0) {
            lab.note("profile, " + server.kind().id() + ": perf record does not work here");
            return;
        }
        String all = Programs.output(List.of(
                "perf",
                "report",
                "-q",
                "--stdio",
                "--no-children",
                "-i",
                data.toString(),
                "-F",
                "overhead,comm,dso,symbol",
                "--percent-limit",
                "0.5"));
        write(
                lab,
                server.kind().id(),
                "perf record -a while 8 clients connect to " + server.kind().id()
                        + "; \"load\" is the generator, \"swapper\" is idle time\n" + trimmed(all));
        Files.delete(data);
    }

    private static void write(Lab lab, String name, String text) throws IOException {
        Path folder = lab.settings().cases().isEmpty()
                ? lab.settings().measurements()
                : lab.settings().folder();
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("profile-" + lab.settings().recordName() + "-" + name + ".txt"), text);
    }

    /** perf fills its columns with blanks, up to the end of the line. */
    private static String trimmed(String text) {
        return text.lines().map(String::stripTrailing).reduce("", (all, line) -> all + "\n" + line) + "\n";
    }
}
