package forkd.launcher.access;

/** What is wrong with one line of rules, and where. */
final class RuleSyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    private final int column;

    /** @param column of the character that is wrong, from 1 */
    RuleSyntaxException(int column, String message) {
        super(message);
        this.column = column;
    }

    int column() {
        return column;
    }
}
