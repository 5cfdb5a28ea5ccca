package forkd.launcher.admission;

import java.time.Duration;

/**
 * From now on, and for this time, connections of a source are refused.
 *
 * @param source whose
 * @param offence the last one
 * @param time how long
 */
public record Penalty(Source source, Offence offence, Duration time) {}
