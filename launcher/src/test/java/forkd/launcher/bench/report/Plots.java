package forkd.launcher.bench.report;

import forkd.launcher.bench.server.Forkd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** The plots of a report, as SVG files beside it. */
final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 450;
    private static final double WHOLE = 100;
    /** Where the worst one stands on the axis of the percentiles. */
    private static final double WORST = 99.99;

    private static final List<Integer> HEAPS = List.of(10, 100, 500, 1000);

    private Plots() {}

    /** The names of the files. */
    static List<String> write(Path folder, String name, Report report) throws IOException {
        List<String> files = new ArrayList<>();
        if (!of(report, "rate-8", "rate").isEmpty()) {
            SvgFile.write(rates(report), WIDTH, HEIGHT, folder.resolve(name + "-rate.svg"));
            files.add(name + "-rate.svg");
        }
        if (!of(report, "open-100", "p50").isEmpty()) {
            SvgFile.write(latencies(report), WIDTH, HEIGHT, folder.resolve(name + "-latency.svg"));
            files.add(name + "-latency.svg");
        }
        if (!of(report, "heap-10", "rate").isEmpty()) {
            SvgFile.write(heaps(report), WIDTH, HEIGHT, folder.resolve(name + "-heap.svg"));
            files.add(name + "-heap.svg");
        }
        return files;
    }

    private static List<Measurement> of(Report report, String scenario, String metric) {
        return report.measurements().stream()
                .filter(m -> m.scenario().equals(scenario) && m.metric().equals(metric))
                .sorted(Comparator.comparingDouble(Measurement::median))
                .toList();
    }

    private static String title(Report report, String server) {
        return report.titles().getOrDefault(server, server).replace("*", "");
    }

    private static HorizontalBarChart rates(Report report) {
        HorizontalBarChart chart = new HorizontalBarChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Connections a second, 8 clients")
                .build();
        chart.getStyler().setLegendVisible(false);
        List<Measurement> rates = of(report, "rate-8", "rate");
        chart.addSeries(
                "connections a second",
                rates.stream().map(Measurement::median).toList(),
                rates.stream().map(m -> title(report, m.server())).toList());
        return chart;
    }

    /** The axis of HdrHistogram: as far from p90 to p99 as from p99 to p99.9. */
    private static XYChart latencies(Report report) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Time to the first byte at 100 arrivals a second")
                .xAxisTitle("one of so many connections waits longer")
                .yAxisTitle("µs")
                .build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        for (Measurement median : of(report, "open-100", "p50")) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (double percentile : Percentiles.ALL) {
                x.add(WHOLE / (WHOLE - Math.min(percentile, WORST)));
                y.add(value(report, "open-100", median.server(), Percentiles.name(percentile)));
            }
            chart.addSeries(title(report, median.server()), x, y);
        }
        return chart;
    }

    private static XYChart heaps(Report report) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Connections a second by the heap of the handler, model fork, 8 clients")
                .xAxisTitle("MB of live objects")
                .build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setLegendVisible(false);
        List<Integer> measured = HEAPS.stream()
                .filter(size -> !of(report, "heap-" + size, "rate").isEmpty())
                .toList();
        chart.addSeries(
                "connections a second",
                measured,
                measured.stream()
                        .map(size -> value(report, "heap-" + size, Forkd.FORK, "rate"))
                        .toList());
        return chart;
    }

    private static double value(Report report, String scenario, String server, String metric) {
        return of(report, scenario, metric).stream()
                .filter(m -> m.server().equals(server))
                .findFirst()
                .orElseThrow()
                .median();
    }
}
