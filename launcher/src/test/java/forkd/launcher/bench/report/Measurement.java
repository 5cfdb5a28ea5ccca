package forkd.launcher.bench.report;

import java.util.List;

/**
 * What was measured of one server in one scenario.
 *
 * @param scenario such as {@code rate-8}: connections a second, 8 clients
 * @param server its id
 * @param metric such as {@code rate}
 * @param median of the values
 * @param low of the values
 * @param high of the values
 * @param values one a round, in the order of the rounds
 */
public record Measurement(
        String scenario, String server, String metric, double median, double low, double high, List<Double> values) {
    static Measurement of(String scenario, String server, String metric, List<Double> values) {
        List<Double> rounded = values.stream().map(Statistics::rounded).toList();
        return new Measurement(
                scenario,
                server,
                metric,
                Statistics.rounded(Statistics.median(rounded)),
                Statistics.low(rounded),
                Statistics.high(rounded),
                rounded);
    }
}
