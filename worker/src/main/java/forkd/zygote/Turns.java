package forkd.zygote;

import java.util.function.IntUnaryOperator;

/** How many connections one worker of the pool serves. */
final class Turns {
    private static final int TENTH = 10;

    private Turns() {}

    /**
     * A number for one worker, up to a tenth less than the most: workers that were started together do not end together.
     *
     * @param most at least 1
     * @param random a number from 0 to below its argument
     */
    static int of(int most, IntUnaryOperator random) {
        int spread = most == 1 ? 0 : Math.max(1, most / TENTH);
        return most - random.applyAsInt(spread + 1);
    }
}
