package forkd.launcher.admission;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many connections may get a worker in a time.
 *
 * @param text as it was written, without the policy
 * @param interval the time from one to the next, in nanoseconds
 * @param burst how many may come at once after a quiet time, at least 1
 * @param overflow what happens to those over it
 */
public record Rate(String text, long interval, int burst, Overflow overflow) {
    private static final int MAX = 1_000_000;
    private static final Pattern FORM = Pattern.compile("([0-9]+)/(s|m|h)(?:,([0-9]+))?(?::(.*))?", Pattern.DOTALL);

    /**
     * Reads {@code N/s}, {@code N/m} or {@code N/h}, then perhaps {@code ,BURST}, then perhaps {@code :POLICY}. Without a
     * burst it is N; without a policy connections over it wait.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static Rate parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no rate; expected N/s,BURST[:POLICY], such as 50/s,200 (/m and /h work, too)");
        }
        int count = Numbers.parse(matcher.group(1), 1, MAX);
        int burst = matcher.group(3) == null ? count : Numbers.parse(matcher.group(3), 1, MAX);
        long unit = unit(matcher.group(2)).toNanos();
        // Rounded up: never more than was asked for.
        return new Rate(
                count + "/" + matcher.group(2) + "," + burst,
                (unit + count - 1) / count,
                burst,
                matcher.group(4) == null ? Overflow.QUEUE : Overflow.parse(matcher.group(4)));
    }

    private static Duration unit(String letter) {
        return switch (letter) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> throw new IllegalStateException("the pattern let " + letter + " through");
        };
    }

    Decision refuse() {
        return overflow.refuse(new Refusal("rate", text));
    }

    /** As it is written. */
    @Override
    public String toString() {
        return text + ":" + overflow;
    }
}
