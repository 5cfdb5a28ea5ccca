package forkd.launcher.bench.report;

import forkd.launcher.bench.server.Forkd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The plots of a report, as SVG files beside it. */
final class Plots {
    private static final double WHOLE = 100;
    /** Where the worst one stands on the axis of the percentiles. */
    private static final double WORST = 99.99;

    private static final List<Integer> HEAPS = List.of(10, 100, 500, 1000);

    private Plots() {}

    /** The names of the files. */
    static List<String> write(Path folder, String name, Report report) throws IOException {
        List<String> files = new ArrayList<>();
        if (!of(report, "rate-8", "rate").isEmpty()) {
            files.add(file(folder, name + "-rate.svg", rates(report)));
        }
        if (!of(report, "open-100", "p50").isEmpty()) {
            files.add(file(folder, name + "-latency.svg", latencies(report)));
        }
        if (!of(report, "heap-10", "rate").isEmpty()) {
            files.add(file(folder, name + "-heap.svg", heaps(report)));
        }
        return files;
    }

    private static String file(Path folder, String name, String svg) throws IOException {
        Files.writeString(folder.resolve(name), svg);
        return name;
    }

    /** The best first. */
    private static List<Measurement> of(Report report, String scenario, String metric) {
        return report.measurements().stream()
                .filter(m -> m.scenario().equals(scenario) && m.metric().equals(metric))
                .sorted(Comparator.comparingDouble(Measurement::median).reversed())
                .toList();
    }

    private static String title(Report report, String server) {
        return report.titles().getOrDefault(server, server).replace("*", "");
    }

    private static String rates(Report report) {
        return Bars.draw(
                "Connections a second, 8 clients",
                of(report, "rate-8", "rate").stream()
                        .map(m -> new Bars.Bar(
                                title(report, m.server()), m.server().startsWith("forkd"), m))
                        .toList());
    }

    /** The axis of HdrHistogram: as far from p90 to p99 as from p99 to p99.9. */
    private static String latencies(Report report) {
        Lines.Axis axis = new Lines.Axis(
                "of so many connections in a hundred",
                Percentiles.ALL.stream()
                        .map(percentile -> WHOLE / (WHOLE - Math.min(percentile, WORST)))
                        .toList(),
                Percentiles.ALL.stream().map(Percentiles::name).toList());
        return Lines.draw(
                "Time to the first byte at 100 arrivals a second, µs",
                axis,
                of(report, "open-100", "p50").stream()
                        .map(m -> new Lines.Line(title(report, m.server()), percentiles(report, m.server())))
                        .toList());
    }

    private static List<Double> percentiles(Report report, String server) {
        return Percentiles.ALL.stream()
                .map(percentile -> value(report, "open-100", server, Percentiles.name(percentile)))
                .toList();
    }

    private static String heaps(Report report) {
        List<Integer> measured = HEAPS.stream()
                .filter(size -> !of(report, "heap-" + size, "rate").isEmpty())
                .toList();
        return Lines.draw(
                "Connections a second by the heap of the handler, model fork, 8 clients",
                new Lines.Axis(
                        "MB of live objects",
                        measured.stream().map(Integer::doubleValue).toList(),
                        measured.stream().map(size -> Integer.toString(size)).toList()),
                List.of(new Lines.Line(
                        title(report, Forkd.FORK),
                        measured.stream()
                                .map(size -> value(report, "heap-" + size, Forkd.FORK, "rate"))
                                .toList())));
    }

    private static double value(Report report, String scenario, String server, String metric) {
        return of(report, scenario, metric).stream()
                .filter(m -> m.server().equals(server))
                .findFirst()
                .orElseThrow()
                .median();
    }
}
