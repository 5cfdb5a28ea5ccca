package forkd.launcher.bench.report;

import java.io.PrintStream;

/** A report on the terminal. */
public final class ConsoleTable {
    private ConsoleTable() {}

    /** Prints all that was measured. */
    public static void print(Report report, PrintStream out) {
        for (Table table : Tables.ALL) {
            Grid grid = table.grid(report);
            if (!grid.isEmpty()) {
                out.println();
                out.println(table.heading());
                out.print(grid.plain());
            }
        }
        out.println();
        out.print(OutcomeTable.grid(report).plain());
        report.missing().forEach(title -> out.println("missing here: " + title));
        out.println(report.seconds() + " s");
    }
}
