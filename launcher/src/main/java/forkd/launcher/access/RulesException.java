package forkd.launcher.access;

import java.io.IOException;
import java.util.List;

/** A rules file that cannot be used. Its message is one line for the user: the first problem. */
public final class RulesException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    RulesException(List<String> problems) {
        super(problems.size() == 1 ? problems.get(0) : problems.get(0) + " (and " + (problems.size() - 1) + " more)");
        this.problems = List.copyOf(problems);
    }

    /** Each one a line, {@code FILE:LINE:COLUMN: what is wrong}. */
    public List<String> problems() {
        return problems;
    }
}
