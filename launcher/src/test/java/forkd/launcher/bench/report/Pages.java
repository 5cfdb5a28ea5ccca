package forkd.launcher.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes all that people read from the JSON files: the page of the measurements, its plots, the table of the README. */
public final class Pages {
    private Pages() {}

    /** Writes them anew. */
    public static void write(Path measurements, Path project) throws IOException {
        Files.createDirectories(measurements);
        Map<String, Report> reports = new LinkedHashMap<>();
        for (Path file : ReportFile.all(measurements)) {
            String name = file.getFileName().toString();
            reports.put(name.substring(0, name.length() - ".json".length()), ReportFile.read(file));
        }
        StringBuilder page = new StringBuilder("""
                # Measurements

                Written by `mvn -Pbench verify`; [benchmarks.md](../benchmarks.md) tells how it measures. Every figure is the median of some
                rounds, with the lowest and the highest of them behind it. Only ratios of servers that ran in the same rounds are claims.
                """);
        for (Map.Entry<String, Report> entry : reports.entrySet()) {
            section(
                    page,
                    entry.getKey(),
                    entry.getValue(),
                    Plots.write(measurements, entry.getKey(), entry.getValue()));
        }
        Files.writeString(measurements.resolve("README.md"), page);
        ReadmeTable.write(project.resolve("README.md"), reports);
    }

    private static void section(StringBuilder page, String name, Report report, List<String> plots) {
        page.append("\n## ").append(ReportFile.heading(name)).append("\n\n");
        page.append(OutcomeTable.grid(report).markdown());
        for (String plot : plots) {
            page.append("\n![").append(plot).append("](").append(plot).append(")\n");
        }
        for (Table table : Tables.ALL) {
            Grid grid = table.grid(report);
            if (!grid.isEmpty()) {
                page.append("\n### ")
                        .append(table.heading())
                        .append(", ")
                        .append(name)
                        .append("\n\n");
                page.append(grid.markdown());
            }
        }
        page.append("\n### The machine, ").append(name).append("\n\n");
        Grid facts = new Grid("fact", "value");
        report.machine().forEach(facts::row);
        report.programs()
                .forEach((program, version) -> facts.row(Path.of(program).getFileName() + "", version));
        page.append(facts.markdown());
        lines(page, "Not installed there, so not measured", report.missing());
        lines(page, "Notes of the run", report.notes());
    }

    private static void lines(StringBuilder page, String heading, List<String> lines) {
        if (!lines.isEmpty()) {
            List<String> items = new ArrayList<>(lines);
            page.append("\n")
                    .append(heading)
                    .append(":\n\n- ")
                    .append(String.join("\n- ", items))
                    .append("\n");
        }
    }
}
