package forkd.launcher.bench;

import forkd.launcher.bench.report.ConsoleTable;
import forkd.launcher.bench.report.Goals;
import forkd.launcher.bench.report.Machine;
import forkd.launcher.bench.report.Pages;
import forkd.launcher.bench.report.Report;
import forkd.launcher.bench.report.ReportFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The benchmark. {@code mvn -Pbench verify} runs all and writes native-notes/measurements; {@code mvn -Pbench-smoke verify} runs
 * a little and compares it with what is written there. -Dbench.cases=rate,latency runs only some cases, and writes only below
 * target.
 */
public final class Benchmark {
    private static final List<Case> CASES = List.of(
            new Generators(),
            new ConnectionRate(),
            new Latency(),
            new Bulk(),
            new JavacJob(),
            new StartUp(),
            new HeapGrowth(),
            new HeldConnections(),
            new Revival(),
            new Profile());

    /** A case that begins later would not end within the ten minutes. */
    private static final Duration LATEST_START = Duration.ofSeconds(500);

    private Benchmark() {}

    /** Arguments: full, smoke or pages; the project's folder; the names of cases, or all; the machine's name, or usual. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path project = Path.of(args[1]).toAbsolutePath().normalize();
        Set<String> cases = args[2].equals("all") ? Set.of() : Set.copyOf(Arrays.asList(args[2].split(",", -1)));
        Path folder = Files.createDirectories(project.resolve(Path.of("launcher", "target", "bench")));
        Settings settings = new Settings(args[0].equals("smoke"), cases, machine(args[3]), project, folder);
        if (args[0].equals("pages")) {
            Pages.write(settings.measurements(), project);
            return;
        }
        if (settings.smoke()) {
            System.exit(new SmokeGuard(settings).run() ? 0 : 1);
        }
        Report report = measure(settings);
        boolean whole = cases.isEmpty();
        Path target = whole ? settings.measurements() : folder;
        ReportFile.write(report, ReportFile.of(target, settings.recordName()));
        ConsoleTable.print(report, System.out);
        if (whole) {
            Pages.write(settings.measurements(), project);
        }
        System.exit(0);
    }

    private static String machine(String name) {
        if (!ReportFile.isMachine(name)) {
            throw new IllegalArgumentException("-Dbench.machine=" + name + ": small letters only");
        }
        return name.equals("usual") ? "" : name;
    }

    static Report measure(Settings settings) throws IOException, InterruptedException {
        Lab lab = new Lab(settings);
        for (Case one : CASES) {
            Duration so = lab.used();
            if (!settings.wants(one)) {
                continue;
            }
            if (so.compareTo(LATEST_START) > 0) {
                lab.note(one.name() + ": left out, since the cases before it took " + so.toSeconds() + " s");
                continue;
            }
            System.out.println("case " + one.name() + ", after " + so.toSeconds() + " s");
            try {
                one.run(lab);
            } catch (IOException e) { // what the other cases have measured is not lost with it
                lab.note(one.name() + ": failed: " + e.getMessage());
            }
        }
        return new Report(
                Machine.facts(settings.project()),
                lab.programs(),
                lab.missing().stream().toList(),
                lab.notes(),
                lab.titles(),
                lab.used().toSeconds(),
                Goals.outcomes(lab.results()),
                lab.results().measurements());
    }
}
