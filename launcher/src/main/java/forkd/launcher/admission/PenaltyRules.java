package forkd.launcher.admission;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What a source pays for how its connections end, as sshd's PerSourcePenalties.
 *
 * @param times by offence; an offence that is not there costs nothing
 * @param minimum penalties count from this sum on
 * @param maximum they add up to this at the most
 */
public record PenaltyRules(Map<Offence, Duration> times, Duration minimum, Duration maximum) {
    public static final PenaltyRules NONE = new PenaltyRules(Map.of(), Duration.ZERO, Duration.ZERO);

    /** As it is written. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Offence offence : Offence.values()) {
            if (times.containsKey(offence)) {
                text.append(offence.name().toLowerCase(Locale.ROOT))
                        .append('=')
                        .append(written(times.get(offence)))
                        .append(',');
            }
        }
        return text + "min=" + written(minimum) + ",max=" + written(maximum);
    }

    private static String written(Duration time) {
        return time.toMillisPart() == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }

    boolean isEmpty() {
        return times.isEmpty();
    }
}
