package forkd.launcher.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The short table of the project's README, between two markers. */
final class ReadmeTable {
    private static final String BEGIN = "<!-- measurements: written by mvn -Pbench verify -->\n";
    private static final String END = "<!-- end of measurements -->\n";

    private ReadmeTable() {}

    static void write(Path readme, Map<String, Report> reports) throws IOException {
        String text = Files.readString(readme);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(readme + " has lost its markers, " + BEGIN.strip() + " and " + END.strip());
        }
        Files.writeString(readme, text.substring(0, begin + BEGIN.length()) + table(reports) + text.substring(end));
    }

    private static String table(Map<String, Report> reports) {
        if (reports.isEmpty()) {
            return "Not measured yet.\n";
        }
        List<String> head = new ArrayList<>(List.of("what is compared", "goal"));
        reports.keySet().forEach(name -> head.add(ReportFile.heading(name)));
        Grid grid = new Grid(head.toArray(String[]::new));
        goals(reports).forEach(goal -> {
            List<String> row = new ArrayList<>(List.of(goal.what(), OutcomeTable.wanted(goal)));
            reports.values().forEach(report -> row.add(cell(report, goal)));
            grid.row(row.toArray(String[]::new));
        });
        return grid.markdown();
    }

    private static Stream<Goal> goals(Map<String, Report> reports) {
        return reports.values().stream()
                .limit(1)
                .flatMap(report -> report.outcomes().stream())
                .map(Outcome::goal);
    }

    /** Bold where the goal is reached. */
    private static String cell(Report report, Goal goal) {
        return report.outcomes().stream()
                .filter(outcome -> outcome.goal().id().equals(goal.id()))
                .findFirst()
                .map(outcome -> {
                    String value = OutcomeTable.value(goal, outcome.median());
                    return outcome.reached() ? "**" + value + "**" : value;
                })
                .orElse("");
    }
}
