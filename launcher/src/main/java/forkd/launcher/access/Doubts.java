package forkd.launcher.access;

import java.util.ArrayList;
import java.util.List;

/** What is valid in rules and most likely not meant. */
final class Doubts {
    /** A file with one line in the wrong place may have thousands; the first ones show it. */
    private static final int MAX_LINES = 5;

    private final List<String> lines = new ArrayList<>();
    private int more;

    Doubts(Access access, List<String> listeners) {
        Rules rules = access.rules();
        for (Rules.Unreachable part : rules.unreachable()) {
            add(access.origin(part.rule()) + ": " + part.who() + " is never reached, because an earlier rule takes it: "
                    + access.origin(part.by()));
        }
        for (Rule rule : rules.rules()) {
            for (String name : rule.listeners()) {
                if (!listeners.contains(name)) {
                    add(access.origin(rule) + ": there is no listener '" + name + "', only "
                            + String.join(", ", listeners));
                }
            }
        }
    }

    private void add(String line) {
        if (lines.size() < MAX_LINES) {
            lines.add(line);
        } else {
            more++;
        }
    }

    List<String> lines() {
        List<String> all = new ArrayList<>(lines);
        if (more > 0) {
            all.add("and " + more + " more of this kind in the rules");
        }
        return all;
    }
}
