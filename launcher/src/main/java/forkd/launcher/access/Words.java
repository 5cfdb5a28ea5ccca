package forkd.launcher.access;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a line into words. Blanks separate; a part in double quotes may hold blanks, {@code \"} and {@code \\}; a {@code #} at
 * the beginning of a word begins a comment.
 */
final class Words {
    /**
     * A word.
     *
     * @param column of its first character, from 1
     * @param text without its quotes
     */
    record Word(int column, String text) {}

    private final String line;
    private final List<Word> words = new ArrayList<>();
    private int at;

    private Words(String line) {
        this.line = line;
    }

    /** The words of a line, which has no newline. */
    static List<Word> of(String line) throws RuleSyntaxException {
        Words words = new Words(line);
        words.cut();
        return words.words;
    }

    private void cut() throws RuleSyntaxException {
        while (true) {
            while (at < line.length() && isBlank(line.charAt(at))) {
                at++;
            }
            if (at == line.length() || line.charAt(at) == '#') {
                return;
            }
            words.add(word());
        }
    }

    private Word word() throws RuleSyntaxException {
        int column = at + 1;
        StringBuilder text = new StringBuilder();
        while (at < line.length() && !isBlank(line.charAt(at))) {
            char c = line.charAt(at);
            if (c == '"') {
                quotedPart(text);
            } else if (c > ' ' && c < 0x7f) {
                text.append(c);
                at++;
            } else {
                throw new RuleSyntaxException(
                        at + 1, String.format("the character U+%04X may stand in quotes only", (int) c));
            }
        }
        return new Word(column, text.toString());
    }

    private void quotedPart(StringBuilder text) throws RuleSyntaxException {
        int begin = at++;
        while (at < line.length() && line.charAt(at) != '"') {
            if (line.charAt(at) == '\\') {
                at++;
                if (at == line.length() || (line.charAt(at) != '"' && line.charAt(at) != '\\')) {
                    throw new RuleSyntaxException(at, "a backslash stands before \" or \\ only; write \\\\ for itself");
                }
            }
            char c = line.charAt(at);
            if (Character.isISOControl(c)) {
                throw new RuleSyntaxException(
                        at + 1, String.format("the control character U+%04X cannot be used", (int) c));
            }
            text.append(c);
            at++;
        }
        if (at == line.length()) {
            throw new RuleSyntaxException(begin + 1, "the quote is not closed");
        }
        at++;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** A text that is read as itself, in quotes where it needs them. */
    static String quoted(String text) {
        boolean plain = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
