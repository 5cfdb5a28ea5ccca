package forkd.launcher.bench.report;

import java.util.List;
import java.util.Map;

/**
 * All of one run; the JSON file.
 *
 * @param machine what it ran on
 * @param programs the servers' programs and their versions
 * @param missing the servers that are not installed here
 * @param notes what was not as intended, such as fewer connections than asked for
 * @param titles of the servers, for people
 * @param seconds it took
 * @param outcomes the goals
 * @param measurements all that was measured
 */
public record Report(
        Map<String, String> machine,
        Map<String, String> programs,
        List<String> missing,
        List<String> notes,
        Map<String, String> titles,
        long seconds,
        List<Outcome> outcomes,
        List<Measurement> measurements) {}
