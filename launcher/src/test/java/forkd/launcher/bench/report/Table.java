package forkd.launcher.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One of the tables of a report: a row for each server that was measured, a column for each scenario or metric.
 *
 * @param heading above it
 * @param columns of it
 * @param relative the servers that the first column with a ratio is compared with
 */
record Table(String heading, List<Column> columns, List<String> relative) {
    /**
     * A column.
     *
     * @param title of it
     * @param scenario that it is of
     * @param metric that it shows
     */
    record Column(String title, String scenario, String metric) {}

    static Column column(String title, String scenario, String metric) {
        return new Column(title, scenario, metric);
    }

    static Table of(String heading, List<String> relative, Column... columns) {
        return new Table(heading, Arrays.asList(columns), relative);
    }

    Grid grid(Report report) {
        String[] head = new String[1 + columns.size() + relative.size()];
        head[0] = "";
        for (int i = 0; i < columns.size(); i++) {
            head[i + 1] = columns.get(i).title();
        }
        for (int i = 0; i < relative.size(); i++) {
            head[1 + columns.size() + i] = columns.get(0).title() + ", of " + relative.get(i);
        }
        Grid grid = new Grid(head);
        for (Map.Entry<String, String> server : report.titles().entrySet()) {
            row(report, server.getKey(), server.getValue(), head.length).ifPresent(grid::row);
        }
        return grid;
    }

    private Optional<String[]> row(Report report, String server, String title, int width) {
        String[] row = new String[width];
        Arrays.fill(row, "");
        row[0] = title;
        boolean any = false;
        for (int i = 0; i < columns.size(); i++) {
            Optional<Measurement> found = find(report, columns.get(i), server);
            row[i + 1] = found.map(m -> Numbers.spread(m.median(), m.low(), m.high()))
                    .orElse("");
            any |= found.isPresent();
        }
        Optional<Measurement> own = find(report, columns.get(0), server);
        for (int i = 0; i < relative.size(); i++) {
            Optional<Measurement> other = find(report, columns.get(0), relative.get(i));
            if (own.isPresent() && other.isPresent()) {
                row[1 + columns.size() + i] = Numbers.of(ratio(own.get(), other.get()));
            }
        }
        return any ? Optional.of(row) : Optional.empty();
    }

    /** The median of the rounds' ratios. */
    private static double ratio(Measurement own, Measurement other) {
        int rounds = Math.min(own.values().size(), other.values().size());
        return Statistics.median(IntStream.range(0, rounds)
                .mapToObj(i -> own.values().get(i) / other.values().get(i))
                .toList());
    }

    private static Optional<Measurement> find(Report report, Column column, String server) {
        return report.measurements().stream()
                .filter(m -> m.scenario().equals(column.scenario())
                        && m.metric().equals(column.metric())
                        && m.server().equals(server))
                .findFirst();
    }
}
