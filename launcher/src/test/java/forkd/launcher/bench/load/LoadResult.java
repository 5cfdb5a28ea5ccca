package forkd.launcher.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What one run of the generator saw.
 *
 * @param ok connections that went well
 * @param failed those that did not
 * @param nanos from the first begin to the last end
 * @param generatorNanos processor time of the generator itself
 * @param bytes that came back; only bulk counts them
 * @param failure what was wrong with the first that failed; empty if none
 * @param first nanoseconds until the first byte of the answer; in the open loop from when the connection was due
 * @param whole nanoseconds until the end of the connection
 */
public record LoadResult(
        long ok,
        long failed,
        long nanos,
        long generatorNanos,
        long bytes,
        String failure,
        Histogram first,
        Histogram whole) {
    private static final double SECOND = 1e9;
    private static final double MICRO = 1e3;

    /** Connections a second. */
    public double rate() {
        return ok * SECOND / nanos;
    }

    /** Bytes a second. */
    public double throughput() {
        return bytes * SECOND / nanos;
    }

    /** Microseconds until the first byte. */
    public double firstMicros(double percentile) {
        return first.getValueAtPercentile(percentile) / MICRO;
    }

    /** Microseconds until the end. */
    public double wholeMicros(double percentile) {
        return whole.getValueAtPercentile(percentile) / MICRO;
    }
}
