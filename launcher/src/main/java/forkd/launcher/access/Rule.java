package forkd.launcher.access;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line of a rules file. It fits a peer that is one of {@code who}, on one of the listeners.
 *
 * @param line its number in the file, from 1; 0 where it comes from the command line
 * @param allow allow, or else deny
 * @param who at least one
 * @param listeners the names of listeners; empty for all
 * @param settings what it does besides
 */
public record Rule(int line, boolean allow, List<Who> who, List<String> listeners, Settings settings) {

    /**
     * What a rule does besides.
     *
     * @param reject what a denied client is told
     * @param variables of the worker, {@code NAME=value}
     * @param maxPerSource how many connections the source may have
     */
    public record Settings(Optional<String> reject, List<String> variables, OptionalInt maxPerSource) {
        public static final Settings NONE = new Settings(Optional.empty(), List.of(), OptionalInt.empty());
    }

    Verdict verdict() {
        return new Verdict(allow, settings.reject(), settings.variables(), settings.maxPerSource(), Optional.of(this));
    }

    /** The rule in the form in which {@link RuleParser} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(allow ? "allow" : "deny");
        who.forEach(one -> text.append(' ').append(one));
        listeners.forEach(name -> text.append(" listener:").append(Words.quoted(name)));
        settings.maxPerSource()
                .ifPresent(limit -> text.append(" max-per-source=").append(limit));
        settings.reject().ifPresent(message -> text.append(" reject=").append(Words.quoted(message)));
        for (String variable : settings.variables()) {
            int equals = variable.indexOf('=') + 1;
            text.append(" set ").append(variable, 0, equals).append(Words.quoted(variable.substring(equals)));
        }
        return text.toString();
    }
}
