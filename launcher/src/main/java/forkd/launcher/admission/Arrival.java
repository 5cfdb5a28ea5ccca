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
 */
public record Arrival(long id, Optional<Source> source, boolean admin, OptionalInt maxPerSource) {}
