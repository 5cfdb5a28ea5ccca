package forkd.launcher.admission;

/** Reads the numbers of limits. */
final class Numbers {
    private static final int MAX_DIGITS = 9;

    private Numbers() {}

    /** @throws IllegalArgumentException with one line that says what is wrong */
    static int parse(String digits, int minimum, int maximum) {
        boolean plain = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain || Integer.parseInt(digits) < minimum || Integer.parseInt(digits) > maximum) {
            throw new IllegalArgumentException("'" + digits + "' is not a number from " + minimum + " to " + maximum);
        }
        return Integer.parseInt(digits);
    }
}
