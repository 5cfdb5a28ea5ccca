package forkd.launcher.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects values: of each scenario, server and metric one a round. */
public final class Results {
    private final Map<Key, List<Double>> values = new LinkedHashMap<>();

    private record Key(String scenario, String server, String metric) {}

    /** The value of one more round. */
    public void add(String scenario, String server, String metric, double value) {
        values.computeIfAbsent(new Key(scenario, server, metric), key -> new ArrayList<>())
                .add(value);
    }

    /** The values so far, in the order of the rounds; empty if it was not measured. */
    public List<Double> values(String scenario, String server, String metric) {
        return List.copyOf(values.getOrDefault(new Key(scenario, server, metric), List.of()));
    }

    /** Forgets a scenario, which then can be measured again. */
    public void forget(String scenario) {
        values.keySet().removeIf(key -> key.scenario().equals(scenario));
    }

    /** All of them. */
    public List<Measurement> measurements() {
        return values.entrySet().stream()
                .map(entry -> Measurement.of(
                        entry.getKey().scenario(),
                        entry.getKey().server(),
                        entry.getKey().metric(),
                        entry.getValue()))
                .toList();
    }
}
