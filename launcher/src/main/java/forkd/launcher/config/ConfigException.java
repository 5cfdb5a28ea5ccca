package forkd.launcher.config;

import java.io.IOException;
import java.util.List;

/** A config file that cannot be used. Its message is one line for the user: the first problem. */
public final class ConfigException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    /** @param problems at least one, each a line: {@code FILE:LINE:COLUMN: what is wrong} */
    public ConfigException(List<String> problems) {
        this(problems, null);
    }

    /** @param cause what the first problem comes from; null for the file itself */
    public ConfigException(List<String> problems, IOException cause) {
        super(
                problems.size() == 1 ? problems.get(0) : problems.get(0) + " (and " + (problems.size() - 1) + " more)",
                cause);
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
