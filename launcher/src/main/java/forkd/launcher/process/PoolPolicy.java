package forkd.launcher.process;

import forkd.worker.WorkerContract;
import java.time.Duration;
import java.util.List;

/**
 * How many workers a pool keeps waiting, and how long one may take until it waits.
 *
 * @param minSpare fewer are filled up
 * @param maxSpare more are ended
 * @param startTimeout a worker that does not wait by then is killed, and is a failed start
 * @param connectionsPerWorker how many a worker serves at the most, one after the other
 */
public record PoolPolicy(int minSpare, int maxSpare, Duration startTimeout, int connectionsPerWorker) {
    /** With one connection for each worker. */
    public PoolPolicy(int minSpare, int maxSpare, Duration startTimeout) {
        this(minSpare, maxSpare, startTimeout, 1);
    }

    /** Whether a worker may serve one connection after another. */
    boolean reuses() {
        return connectionsPerWorker > 1;
    }

    /** What the JVM of a worker has to know of this. */
    public List<String> javaOptions() {
        return reuses() ? List.of("-D" + WorkerContract.CONNECTIONS + "=" + connectionsPerWorker) : List.of();
    }
}
