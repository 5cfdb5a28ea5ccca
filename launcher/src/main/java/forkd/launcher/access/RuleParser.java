package forkd.launcher.access;

import forkd.launcher.access.Words.Word;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads one line of rules:
 *
 * <pre>
 *   allow|deny WHO... [listener:NAME]... [max-per-source=N] [reject=TEXT] [set NAME=VALUE]...
 * </pre>
 */
final class RuleParser {
    private static final String LISTENER = "listener:";
    private static final String MAX_PER_SOURCE = "max-per-source=";
    private static final String REJECT = "reject=";
    private static final int MAX_REJECT_BYTES = 512;
    private static final int MAX_DIGITS = 6;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final List<Word> words;
    private final Predicate<String> reserved;
    private final boolean allow;
    private final List<Who> who = new ArrayList<>();
    private final List<String> listeners = new ArrayList<>();
    private final List<String> variables = new ArrayList<>();
    private Optional<String> reject = Optional.empty();
    private OptionalInt maxPerSource = OptionalInt.empty();

    private RuleParser(List<Word> words, Predicate<String> reserved) throws RuleSyntaxException {
        this.words = words;
        this.reserved = reserved;
        Word verb = words.get(0);
        allow = verb.text().equals("allow");
        if (!allow && !verb.text().equals("deny")) {
            throw wrong(verb, "a rule begins with allow or deny, not with '" + IpLiteral.shown(verb.text()) + "'");
        }
    }

    /**
     * Reads a line; empty for a blank one or a comment.
     *
     * @param number the line's
     * @param reserved the names of variables that rules cannot set
     */
    static Optional<Rule> parse(int number, String line, Predicate<String> reserved) throws RuleSyntaxException {
        List<Word> words = Words.of(line);
        return words.isEmpty() ? Optional.empty() : Optional.of(new RuleParser(words, reserved).rule(number));
    }

    private Rule rule(int number) throws RuleSyntaxException {
        for (int i = 1; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.text().equals("set")) {
                i++;
                if (i == words.size()) {
                    throw wrong(word, "set stands before NAME=VALUE");
                }
                variable(words.get(i));
            } else {
                part(word);
            }
        }
        if (who.isEmpty()) {
            throw wrong(words.get(0), "the rule is about nobody; write * for everybody");
        }
        return new Rule(
                number,
                allow,
                List.copyOf(who),
                List.copyOf(listeners),
                new Rule.Settings(reject, List.copyOf(variables), maxPerSource));
    }

    private void part(Word word) throws RuleSyntaxException {
        String text = word.text();
        if (text.startsWith(LISTENER)) {
            listeners.add(nonEmpty(word, LISTENER));
        } else if (text.startsWith(MAX_PER_SOURCE)) {
            only(word, allow, "max-per-source stands in rules that allow");
            once(word, maxPerSource.isPresent());
            maxPerSource = OptionalInt.of(limit(word));
        } else if (text.startsWith(REJECT)) {
            only(word, !allow, "reject stands in rules that deny");
            once(word, reject.isPresent());
            reject = Optional.of(message(word));
        } else if (text.indexOf('=') >= 0) {
            throw wrong(
                    word,
                    "'" + IpLiteral.shown(text)
                            + "' is no setting: there are max-per-source=N, reject=TEXT and set NAME=VALUE");
        } else {
            try {
                who.add(Who.parse(text));
            } catch (IllegalArgumentException e) {
                throw wrong(word, e.getMessage());
            }
        }
    }

    private void variable(Word word) throws RuleSyntaxException {
        only(word, allow, "set stands in rules that allow: who is denied gets no worker");
        int equals = word.text().indexOf('=');
        String name = equals < 0 ? word.text() : word.text().substring(0, equals);
        if (equals < 0 || !NAME.matcher(name).matches()) {
            throw wrong(
                    word,
                    "'" + IpLiteral.shown(word.text())
                            + "' is not NAME=VALUE; a name has letters, digits and _ and begins with no digit");
        }
        if (reserved.test(name)) {
            throw wrong(word, "forkd itself sets the variable " + IpLiteral.shown(name) + " for each connection");
        }
        if (variables.stream().anyMatch(other -> other.startsWith(name + "="))) {
            throw wrong(word, "the variable " + IpLiteral.shown(name) + " is set already");
        }
        variables.add(word.text());
    }

    private static int limit(Word word) throws RuleSyntaxException {
        String digits = word.text().substring(MAX_PER_SOURCE.length());
        boolean number = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number || Integer.parseInt(digits) == 0) {
            throw wrong(word, "'" + IpLiteral.shown(digits) + "' is not a number from 1 to 999999");
        }
        return Integer.parseInt(digits);
    }

    private static String message(Word word) throws RuleSyntaxException {
        String message = nonEmpty(word, REJECT);
        if (message.getBytes(StandardCharsets.UTF_8).length > MAX_REJECT_BYTES) {
            throw wrong(word, "a text to reject with has at most " + MAX_REJECT_BYTES + " bytes");
        }
        return message;
    }

    private static String nonEmpty(Word word, String prefix) throws RuleSyntaxException {
        String value = word.text().substring(prefix.length());
        if (value.isEmpty()) {
            throw wrong(word, "there is nothing behind " + prefix);
        }
        return value;
    }

    private static void only(Word word, boolean fits, String message) throws RuleSyntaxException {
        if (!fits) {
            throw wrong(word, message);
        }
    }

    private static void once(Word word, boolean there) throws RuleSyntaxException {
        if (there) {
            throw wrong(word, word.text().substring(0, word.text().indexOf('=')) + " stands in this rule already");
        }
    }

    private static RuleSyntaxException wrong(Word word, String message) {
        return new RuleSyntaxException(word.column(), message);
    }
}
