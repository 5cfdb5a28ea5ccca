package forkd.launcher.access;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What becomes of a connection.
 *
 * @param allowed whether it may go on
 * @param reject where it may not: what the client is told before the end
 * @param variables for the worker, {@code NAME=value}
 * @param maxPerSource how many connections this source may have, where that differs from the server's own limit
 * @param rule which rule said so; empty where none fitted
 */
public record Verdict(
        boolean allowed,
        Optional<String> reject,
        List<String> variables,
        OptionalInt maxPerSource,
        Optional<Rule> rule) {
    /** Who fits no rule is denied. */
    public static final Verdict NO_RULE_FITS =
            new Verdict(false, Optional.empty(), List.of(), OptionalInt.empty(), Optional.empty());
}
