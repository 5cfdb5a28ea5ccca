package forkd.zygote;

import forkd.posix.RawFork;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a worker does to prove its stem: it collects garbage, which needs the VM Thread, starts a thread, which needs the C
 * library's and the VM's book-keeping to be whole, and exits in full.
 */
public final class SelfTest {
    /** The exit status of a worker that has passed. */
    public static final int PASSED = 42;

    private static final int FAILED = 43;

    private SelfTest() {}

    /** Ends the process with {@link #PASSED}. */
    static void run() throws InterruptedException {
        System.gc();
        AtomicBoolean ran = new AtomicBoolean();
        Thread thread = new Thread(() -> ran.set(true), "self-test");
        thread.start();
        thread.join();
        if (!ran.get()) {
            RawFork.exit(FAILED);
        }
        System.exit(PASSED);
    }
}
