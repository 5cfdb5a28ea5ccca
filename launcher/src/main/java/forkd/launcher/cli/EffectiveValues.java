package forkd.launcher.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What options amount to where none of them says it by itself: defaults that depend on other options, and the unsaid part of
 * a value. By key, each value as the option takes it. What it has counts more than what was given.
 */
final class EffectiveValues {
    private final Map<String, List<String>> values = new HashMap<>();

    void put(String key, Object value) {
        values.put(key, List.of(value.toString()));
    }

    void putAll(String key, List<?> all) {
        values.put(key, all.stream().map(Object::toString).toList());
    }

    Optional<List<String>> of(String key) {
        return Optional.ofNullable(values.get(key));
    }
}
