package forkd.launcher.admission;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Random early drop among connections that no worker handles yet, as sshd's MaxStartups: from {@code start} of them on a
 * newcomer is dropped with a chance of {@code rate} percent, which grows evenly until at {@code full} all are. A flood so
 * cannot shut everybody out: whoever tries again has a chance.
 *
 * @param start from so many on
 * @param rate the chance at the start, in percent
 * @param full from so many on all are dropped
 */
public record StartingLimit(int start, int rate, int full) {
    static final int ALWAYS = 100;

    private static final int MAX = 1_000_000;
    private static final Pattern FORM = Pattern.compile("([0-9]+)(?::([0-9]+):([0-9]+))?");

    /**
     * Reads {@code START:RATE:FULL}, or {@code N} for {@code N:100:N}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static StartingLimit parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not START:RATE:FULL, such as 10:30:100");
        }
        int start = Numbers.parse(matcher.group(1), 1, MAX);
        if (matcher.group(2) == null) {
            return new StartingLimit(start, ALWAYS, start);
        }
        int rate = Numbers.parse(matcher.group(2), 1, ALWAYS);
        int full = Numbers.parse(matcher.group(3), 1, MAX);
        if (full < start) {
            throw new IllegalArgumentException("'" + text + "': FULL is less than START");
        }
        return new StartingLimit(start, rate, full);
    }

    /** The chance of a newcomer to be dropped, in percent. */
    int dropPercent(int starting) {
        if (starting < start) {
            return 0;
        }
        if (starting >= full) {
            return ALWAYS;
        }
        return rate + (int) ((long) (ALWAYS - rate) * (starting - start) / (full - start));
    }

    /** As it is written. */
    @Override
    public String toString() {
        return start + ":" + rate + ":" + full;
    }
}
