package forkd.launcher.config;

import java.util.List;

/**
 * A key with its value.
 *
 * @param key as it stands in the file
 * @param kind the form of the value
 * @param values one; of a list its elements, of a table {@code KEY=VALUE} for each
 * @param place {@code FILE:LINE:COLUMN}
 */
public record ConfigEntry(String key, Kind kind, List<Value> values, String place) {
    /** The form of a value. */
    public enum Kind {
        BOOLEAN,
        NUMBER,
        TEXT,
        LIST,
        TABLE
    }

    /**
     * A value.
     *
     * @param text without quotes
     * @param place that of the key, where it is not an element of a list or table
     */
    public record Value(String text, String place) {}

    /** The values without their places. */
    public List<String> texts() {
        return values.stream().map(Value::text).toList();
    }
}
