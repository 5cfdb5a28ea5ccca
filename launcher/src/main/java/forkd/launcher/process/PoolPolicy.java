package forkd.launcher.process;

import java.time.Duration;

/**
 * How many workers a pool keeps waiting, and how long one may take until it waits.
 *
 * @param minSpare fewer are filled up
 * @param maxSpare more are ended
 * @param startTimeout a worker that does not wait by then is killed, and is a failed start
 */
public record PoolPolicy(int minSpare, int maxSpare, Duration startTimeout) {}
