package forkd.launcher.admission;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A connection as limits see it.
 *
 * @param id its number
 * @param source where it comes from; empty where nobody needs to know
 * @param admin whether it is an administrator's
 * @param maxPerSource how many its source may have, where a rule says otherwise than the limit for all
 * @param pays whether its source pays for how it ends, and it is refused for what its source has to pay
 */
public record Arrival(long id, Optional<Source> source, boolean admin, OptionalInt maxPerSource, boolean pays) {
    /** One that pays, if it is no administrator's. */
    public Arrival(long id, Optional<Source> source, boolean admin, OptionalInt maxPerSource) {
        this(id, source, admin, maxPerSource, !admin);
    }

    /** The same, for which nobody pays. */
    public Arrival withoutPenalties() {
        return new Arrival(id, source, admin, maxPerSource, false);
    }
}
