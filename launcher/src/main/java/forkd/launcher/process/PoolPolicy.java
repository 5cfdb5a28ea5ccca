package forkd.launcher.process;

/**
 * How many workers a pool keeps waiting.
 *
 * @param minSpare fewer are filled up
 * @param maxSpare more are ended
 */
public record PoolPolicy(int minSpare, int maxSpare) {}
