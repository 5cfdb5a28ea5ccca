package forkd.launcher.config;

import java.util.List;

/**
 * A key with its value.
 *
 * @param key as it stands in the file
 * @param kind the form of the value
 * @param values the value as text; of a list its elements, of a table {@code KEY=VALUE} for each
 * @param place {@code FILE:LINE:COLUMN}
 */
public record ConfigEntry(String key, Kind kind, List<String> values, String place) {
    /** The form of a value. */
    public enum Kind {
        BOOLEAN,
        NUMBER,
        TEXT,
        LIST,
        TABLE
    }
}
