package forkd.launcher.it;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lines of the event log. */
final class Events {
    private Events() {}

    static String field(String line, String name) {
        Matcher matcher = Pattern.compile(" " + name + "=(\"[^\"]*\"|\\S+)").matcher(line);
        if (!matcher.find()) {
            throw new AssertionError("no " + name + " in: " + line);
        }
        return matcher.group(1);
    }

    /** Besides the one that a launcher gives which tests have started as root. */
    static boolean isWarning(String line) {
        return line.startsWith("warn ") && !line.contains("workers run as root");
    }

    static long number(String line, String name) {
        return Long.parseLong(field(line, name));
    }
}
