package forkd.launcher.bench.report;

/** The goals of one report. */
final class OutcomeTable {
    private OutcomeTable() {}

    static Grid grid(Report report) {
        Grid grid = new Grid("goal", "wanted", "median", "lowest–highest", "reached");
        for (Outcome outcome : report.outcomes()) {
            Goal goal = outcome.goal();
            grid.row(
                    goal.what(),
                    wanted(goal),
                    value(goal, outcome.median()),
                    Numbers.of(outcome.low()) + "–" + Numbers.of(outcome.high()),
                    outcome.reached() ? "yes" : "no");
        }
        return grid;
    }

    static String wanted(Goal goal) {
        return (goal.atLeast() ? "≥ " : "≤ ") + value(goal, goal.bound());
    }

    /** A ratio with ×, a value with its unit. */
    static String value(Goal goal, double value) {
        return Numbers.of(value) + (goal.isRatio() ? " ×" : " " + goal.unit());
    }
}
