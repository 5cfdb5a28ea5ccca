package forkd.launcher.process;

/**
 * When a stem is replaced.
 *
 * @param maxForks after so many forks
 */
public record StemPolicy(int maxForks) {}
