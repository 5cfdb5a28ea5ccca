package forkd.launcher.admission;

/**
 * What happens to a connection that is over a limit.
 *
 * @param kind what is done
 * @param text what its client is told; empty where it is told nothing
 */
public record Overflow(Kind kind, String text) {
    /** What can be done. */
    public enum Kind {
        /** It waits until there is room. */
        QUEUE,
        /** It is closed. */
        CLOSE,
        /** Its client gets one line of text, then it is closed. */
        REJECT
    }

    public static final Overflow QUEUE = new Overflow(Kind.QUEUE, "");
    public static final Overflow CLOSE = new Overflow(Kind.CLOSE, "");

    private static final String REJECT = "reject=";
    /** One packet carries it, whatever the network. */
    private static final int MAX_TEXT = 500;

    /**
     * Reads {@code queue}, {@code close} or {@code reject=TEXT}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    static Overflow parse(String text) {
        if (text.equals("queue")) {
            return QUEUE;
        }
        if (text.equals("close")) {
            return CLOSE;
        }
        if (!text.startsWith(REJECT)) {
            throw new IllegalArgumentException("'" + text + "' is no policy; expected queue, close or reject=TEXT");
        }
        String line = text.substring(REJECT.length());
        if (line.isEmpty() || line.length() > MAX_TEXT || line.chars().anyMatch(c -> c == '\n' || c == '\r')) {
            throw new IllegalArgumentException(
                    "the text of reject=TEXT is one line of 1 to " + MAX_TEXT + " characters");
        }
        return new Overflow(Kind.REJECT, line);
    }

    public boolean queues() {
        return kind == Kind.QUEUE;
    }

    /** The refusal of a connection; this is no policy that queues. */
    Decision refuse(Refusal why) {
        return switch (kind) {
            case QUEUE, CLOSE -> new Decision.Close(why);
            case REJECT -> new Decision.Reject(why, text);
        };
    }

    /** As it is written. */
    @Override
    public String toString() {
        return switch (kind) {
            case QUEUE -> "queue";
            case CLOSE -> "close";
            case REJECT -> REJECT + text;
        };
    }
}
