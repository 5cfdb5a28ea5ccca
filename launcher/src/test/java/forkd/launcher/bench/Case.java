package forkd.launcher.bench;

import java.io.IOException;

/** One question of the benchmark. It starts the servers that it needs, and ends them. */
interface Case {
    /** Its name on the command line. */
    String name();

    /** Does it have a part in the short run? */
    default boolean isForSmoke() {
        return true;
    }

    /** Measures, and adds what it found to the lab's results. */
    void run(Lab lab) throws IOException, InterruptedException;
}
