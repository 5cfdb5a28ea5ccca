package forkd.launcher.bench;

import forkd.launcher.bench.report.ConsoleTable;
import forkd.launcher.bench.report.Outcome;
import forkd.launcher.bench.report.Report;
import forkd.launcher.bench.report.ReportFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks for a loss: runs a little of the benchmark and compares its ratios with the recorded ones. Only a ratio that is worse by
 * more than the {@link Tolerance} in two runs is a loss: a machine that does other work, too, is none.
 */
final class SmokeGuard {
    private final Settings settings;

    SmokeGuard(Settings settings) {
        this.settings = settings;
    }

    /** False if there is a loss. */
    boolean run() throws IOException, InterruptedException {
        List<Path> files = ReportFile.all(settings.measurements());
        if (files.isEmpty()) {
            System.out.println("nothing is recorded yet: there is nothing to compare with");
            return true;
        }
        Report now = measure(settings);
        Path file = nearest(files, now);
        System.out.println("compares with " + file.getFileName());
        Report then = ReportFile.read(file);
        Map<String, Outcome> recorded = then.outcomes().stream()
                .collect(Collectors.toMap(outcome -> outcome.goal().id(), Function.identity()));
        Tolerance tolerance = Tolerance.of(then, now);
        System.out.println("a loss is what is worse by more than " + tolerance.factor() + ": " + tolerance.why());
        List<Outcome> worse = losses(now, recorded, tolerance);
        if (!worse.isEmpty()) {
            System.out.println("once more: a loss must show twice");
            worse = losses(measure(onlyCasesOf(worse)), recorded, tolerance).stream()
                    .filter(sameAsOneOf(worse))
                    .toList();
        }
        worse.forEach(outcome -> System.out.println("LOSS: " + outcome.goal().what() + ": " + outcome.median()
                + ", recorded " + recorded.get(outcome.goal().id()).median()));
        return worse.isEmpty();
    }

    /** Of the same JDK, or of the first where it has none; of its machines that with the most similar note.c. */
    private static Path nearest(List<Path> files, Report now) throws IOException {
        String jdk = ReportFile.name(Runtime.version().feature(), "");
        List<Path> own = files.stream().filter(file -> isOf(file, jdk)).toList();
        Path nearest = null;
        double least = Double.POSITIVE_INFINITY;
        for (Path file : own.isEmpty() ? files : own) {
            double distance = Tolerance.distance(ReportFile.read(file), now).orElse(Double.MAX_VALUE);
            if (distance < least) {
                least = distance;
                nearest = file;
            }
        }
        return nearest;
    }

    private static boolean isOf(Path file, String jdk) {
        return file.getFileName().toString().matches(Pattern.quote(jdk) + "[-.].*");
    }

    private static Predicate<Outcome> sameAsOneOf(List<Outcome> others) {
        return outcome -> others.stream()
                .anyMatch(other -> other.goal().id().equals(outcome.goal().id()));
    }

    private Settings onlyCasesOf(List<Outcome> outcomes) {
        return new Settings(
                true,
                outcomes.stream().map(outcome -> outcome.goal().caseName()).collect(Collectors.toSet()),
                settings.machine(),
                settings.project(),
                settings.folder());
    }

    private static Report measure(Settings settings) throws IOException, InterruptedException {
        Report report = Benchmark.measure(settings);
        ConsoleTable.print(report, System.out);
        return report;
    }

    private static List<Outcome> losses(Report now, Map<String, Outcome> recorded, Tolerance tolerance) {
        return now.outcomes().stream()
                .filter(outcome -> outcome.goal().isRatio())
                .filter(outcome -> recorded.containsKey(outcome.goal().id()))
                .filter(outcome ->
                        tolerance.isLoss(outcome, recorded.get(outcome.goal().id())))
                .toList();
    }
}
