package forkd.launcher.process;

import java.util.OptionalInt;

/**
 * How a stem is used.
 *
 * @param maxForks after so many forks it is replaced
 * @param spares how many spares are kept; empty for as many as the demand asks for
 * @param hugePages whether its memory is moved into huge pages, where the machine has them
 */
public record StemPolicy(int maxForks, OptionalInt spares, boolean hugePages) {}
