package forkd.launcher.it.conformance;

import java.lang.ref.Cleaner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Objects with threads of their own that are made in the zygote and used by workers. */
final class BeforeTheFork {
    static final Cleaner CLEANER = Cleaner.create();
    static final ExecutorService POOL = Executors.newFixedThreadPool(2);
    static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor();
    static final Object LOCK = new Object();
    /** So large that malloc(3) gets it from mmap(2), and that realloc(3) has it grow by mremap(2). */
    static final NativeBlock BLOCK = new NativeBlock(48 << 20);

    private BeforeTheFork() {}

    /** Starts the threads and lets each work once. */
    static void make() throws Exception {
        for (int i = 0; i < 4; i++) {
            POOL.submit(() -> i(1)).get();
        }
        TIMER.schedule(() -> i(2), 1, TimeUnit.MILLISECONDS).get();
        CLEANER.register(new byte[1], () -> i(3)).clean();
        BLOCK.fill(0, (byte) 7);
    }

    private static int i(int number) {
        return number;
    }
}
