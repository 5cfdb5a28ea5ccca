package forkd.launcher.bench;

import forkd.launcher.bench.load.LoadGenerator;
import forkd.launcher.bench.load.LoadResult;
import forkd.launcher.bench.report.Results;
import forkd.launcher.bench.server.Forkd;
import forkd.launcher.bench.server.Peers;
import forkd.launcher.bench.server.ProcessMemory;
import forkd.launcher.bench.server.Programs;
import forkd.launcher.bench.server.RunningServer;
import forkd.launcher.bench.server.ServerKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What all cases share: the generator, the servers that can be started, the results. */
final class Lab {
    /** No server outlives the benchmark for long, even if that is killed. */
    private static final long LIMIT_SECONDS = 600;

    private static final double NANOS_A_MICRO = 1000;

    private final long begun = System.nanoTime();
    private final Settings settings;
    private final LoadGenerator load;
    private final Forkd forkd;
    private final Peers peers;
    private final Results results = new Results();
    private final Map<String, String> titles = new LinkedHashMap<>();
    private final Map<String, String> programs = new LinkedHashMap<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();

    Lab(Settings settings) throws IOException, InterruptedException {
        this.settings = settings;
        Path launcher = settings.project().resolve("launcher");
        this.load = new LoadGenerator(program("load"));
        this.forkd = new Forkd(launcher.resolve(Path.of("bin", "forkd")));
        this.peers = new Peers(
                compile(settings.project().resolve(Path.of("native-notes", "note.c")), "note"), settings.folder());
    }

    /** Compiles one of the C programs of this suite. */
    Path program(String name) throws IOException, InterruptedException {
        return compile(settings.project().resolve(Path.of("launcher", "src", "test", "c", name + ".c")), name);
    }

    private Path compile(Path source, String name) throws IOException, InterruptedException {
        Path program = settings.folder().resolve(name);
        Programs.output(List.of("gcc", "-O2", "-Wall", "-Wextra", "-o", program.toString(), source.toString()));
        return program;
    }

    /** Since the beginning of the run. */
    Duration used() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Until the run is ended, with whatever it has measured; a case that may take long keeps to a part of it. */
    Duration left() {
        return Duration.ofSeconds(LIMIT_SECONDS).minus(used());
    }

    Settings settings() {
        return settings;
    }

    LoadGenerator load() {
        return load;
    }

    Forkd forkd() {
        return forkd;
    }

    Peers peers() {
        return peers;
    }

    Results results() {
        return results;
    }

    Map<String, String> titles() {
        return titles;
    }

    Map<String, String> programs() {
        return programs;
    }

    Set<String> missing() {
        return missing;
    }

    List<String> notes() {
        return notes;
    }

    /** Something that a reader of the numbers must know. */
    void note(String text) {
        System.out.println("  note: " + text);
        notes.add(text);
    }

    /** Starts those that are installed, and names the others. The caller closes them. */
    Fleet start(List<ServerKind> kinds) throws IOException, InterruptedException {
        Fleet fleet = new Fleet();
        try {
            for (ServerKind kind : kinds) {
                Optional<Path> program = Programs.find(kind.program()).or(() -> absolute(kind.program()));
                if (program.isEmpty()) {
                    if (missing.add(kind.title())) {
                        System.out.println("  missing: " + kind.title() + ": " + kind.program() + " is not installed");
                    }
                    continue;
                }
                know(kind, program.get());
                try {
                    fleet.add(start(kind));
                } catch (IOException e) {
                    note(e.getMessage() + "; it is left out"); // the others can still be compared
                }
            }
            if (fleet.servers().isEmpty()) {
                throw new IOException("none of the servers of this case serves");
            }
            return fleet;
        } catch (IOException | InterruptedException e) {
            fleet.close();
            throw e;
        }
    }

    private static Optional<Path> absolute(String program) {
        return Optional.of(Path.of(program)).filter(Path::isAbsolute);
    }

    private void know(ServerKind kind, Path program) throws InterruptedException {
        if (!programs.containsKey(kind.program())) {
            Programs.packageVersion(program).ifPresent(version -> programs.put(kind.program(), version));
        }
    }

    RunningServer start(ServerKind kind) throws IOException, InterruptedException {
        if (!kind.title().isEmpty()) {
            titles.put(kind.id(), kind.title());
        }
        return RunningServer.start(kind, settings.folder().resolve("logs"), Long.toString(LIMIT_SECONDS));
    }

    /** Adds what a run of connections has cost, and its failures. */
    void addCosts(String scenario, String server, LoadResult result, Counters used) {
        double all = Math.max(1, result.ok());
        results.add(scenario, server, "generator", result.generatorNanos() / NANOS_A_MICRO / all);
        if (used.cpuNanos() > 0) { // a server that ignores SIGCHLD never learns what its children have used
            results.add(scenario, server, "cpu", used.cpuNanos() / NANOS_A_MICRO / all);
            results.add(scenario, server, "faults", used.faults() / all);
        }
        addFailures(scenario, server, result);
    }

    /** Adds what fork(2) has to copy. */
    void addMemory(String scenario, String server, ProcessMemory memory) {
        results.add(scenario, server, "page tables", memory.pageTables());
        results.add(scenario, server, "anonymous", memory.anonymous());
        results.add(scenario, server, "huge", memory.huge());
        results.add(scenario, server, "mappings", (double) memory.mappings());
    }

    /** Connections that failed, and why the first of them did. */
    void addFailures(String scenario, String server, LoadResult result) {
        results.add(scenario, server, "failed", (double) result.failed());
        if (result.failed() > 0) {
            note(scenario + ", " + server + ": of " + (result.ok() + result.failed()) + " connections "
                    + result.failed() + " failed (" + result.failure() + ")");
        }
    }
}
