package forkd.launcher.freeze;

import java.time.Duration;

/**
 * Which workers get all threads of the VM, and when somebody looks whether they need them. The VM Thread alone, which every
 * collection of garbage needs, gets whoever lives at the second look.
 *
 * <p>A revival costs milliseconds and a megabyte, and a short connection needs none: it is over before the first look. Neither
 * does a worker that waits for its client and has hardly computed: thousands of those must cost nothing. A worker that has
 * used some processor time will use more, and wants the compilers. One whose first thread waits for another thread may
 * wait for one that is not there. Where it waits for some time only it sleeps, as a rule, or has asked a thread of its own for
 * something; so at the first look that does not count.
 *
 * <p>That a worker is at work right now says nothing: on a busy machine thousands of short ones queue for a processor, and
 * work put on top of that would only make the queue longer. So for these the time counts that they have had.
 */
final class RevivalPolicy {
    /**
     * Several times what a revival costs: a worker that is done before has hardly anything of a dozen threads. Who runs code that
     * was not warmed waits for compilers so much longer.
     */
    private static final Duration ENOUGH_CPU = Duration.ofMillis(80);

    private static final Duration[] LOOKS = {
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1)
    };

    private RevivalPolicy() {}

    /** How long until the next look at a worker that has been looked at so many times. */
    static Duration delay(int looks) {
        return LOOKS[Math.min(looks, LOOKS.length - 1)];
    }

    /**
     * Whether the worker needs its threads.
     *
     * @param looks with this one
     * @param cpuNanos the processor time that it has used
     */
    static boolean isNeeded(MainThread main, int looks, long cpuNanos) {
        return main == MainThread.WAITS_FOR_THREAD
                || (main == MainThread.WAITS_FOR_A_WHILE && looks > 1)
                || cpuNanos >= ENOUGH_CPU.toNanos();
    }
}
