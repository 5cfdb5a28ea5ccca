package forkd.launcher.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A goal and what came of it.
 *
 * @param goal the goal
 * @param median of the values: the claim
 * @param low of the values
 * @param high of the values
 * @param reached did the median reach it?
 * @param values one a round: servers are compared with each other in the same round, when the machine was the same
 */
public record Outcome(Goal goal, double median, double low, double high, boolean reached, List<Double> values) {
    /** Empty where one of the two was not measured. */
    static Optional<Outcome> of(Goal goal, Results results) {
        List<Double> own = results.values(goal.scenario(), goal.server(), goal.metric());
        List<Double> other =
                goal.isRatio() ? results.values(goal.baseScenario(), goal.base(), goal.metric()) : List.of();
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            if (!goal.isRatio()) {
                values.add(Statistics.rounded(own.get(i)));
            } else if (i < other.size()) {
                values.add(Statistics.rounded(own.get(i) / other.get(i)));
            }
        }
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double median = Statistics.rounded(Statistics.median(values));
        return Optional.of(new Outcome(
                goal, median, Statistics.low(values), Statistics.high(values), goal.isReached(median), values));
    }
}
