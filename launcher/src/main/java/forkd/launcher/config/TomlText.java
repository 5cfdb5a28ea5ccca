package forkd.launcher.config;

import java.util.List;
import java.util.stream.Collectors;

/** Values as TOML writes them. */
public final class TomlText {
    private TomlText() {}

    /** A basic string. */
    public static String string(String text) {
        StringBuilder toml = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                toml.append('\\').append((char) c);
            } else if (Character.isISOControl(c)) {
                toml.append(String.format("\\u%04X", c));
            } else {
                toml.append((char) c);
            }
        });
        return toml.append('"').toString();
    }

    /** An array of strings. */
    public static String array(List<String> texts) {
        return texts.stream().map(TomlText::string).collect(Collectors.joining(", ", "[", "]"));
    }
}
