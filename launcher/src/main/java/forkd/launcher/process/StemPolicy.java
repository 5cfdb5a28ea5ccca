package forkd.launcher.process;

import java.util.OptionalInt;

/**
 * How a stem is used.
 *
 * @param maxForks after so many forks it is replaced
 * @param spares how many spares are kept; empty for as many as the demand asks for
 */
public record StemPolicy(int maxForks, OptionalInt spares) {}
