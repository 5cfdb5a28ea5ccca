package forkd.launcher.admission;

/**
 * A number that must not be exceeded, and what happens to a connection that would.
 *
 * @param number at least 1
 * @param overflow what happens
 */
public record Limit(int number, Overflow overflow) {
    /** More processes than Linux has: PID_MAX_LIMIT of proc(5). */
    private static final int MAX = 1 << 22;

    public Limit {
        if (number < 1) {
            throw new IllegalArgumentException("a limit is at least 1, not " + number);
        }
    }

    /**
     * Reads {@code N} or {@code N:POLICY}.
     *
     * @param usual the policy of a bare number
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static Limit parse(String text, Overflow usual) {
        int colon = text.indexOf(':');
        String digits = colon < 0 ? text : text.substring(0, colon);
        return new Limit(Numbers.parse(digits, 1, MAX), colon < 0 ? usual : Overflow.parse(text.substring(colon + 1)));
    }

    /** The refusal of a connection that is over it. */
    Decision refuse(String reason) {
        return overflow.refuse(new Refusal(reason, Integer.toString(number)));
    }

    /** As it is written. */
    @Override
    public String toString() {
        return number + ":" + overflow;
    }
}
