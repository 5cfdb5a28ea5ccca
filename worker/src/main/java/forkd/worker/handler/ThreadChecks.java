package forkd.worker.handler;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What a worker does with threads; each says whether it worked. */
final class ThreadChecks {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final long WAIT_SECONDS = 10;

    private ThreadChecks() {}

    static boolean startsThread() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        Thread thread = new Thread(ran::countDown);
        thread.start();
        thread.join();
        return ran.getCount() == 0;
    }

    static boolean executes() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            return pool.submit(() -> 42).get(WAIT_SECONDS, TimeUnit.SECONDS) == 42;
        } finally {
            pool.shutdown();
        }
    }

    static boolean waits() throws InterruptedException {
        Thread.sleep(5);
        LockSupport.parkNanos(5_000_000);
        return !new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
    }

    static boolean dumps() {
        return Thread.getAllStackTraces().containsKey(Thread.currentThread());
    }

    static boolean streamsInParallel() {
        return IntStream.range(0, 10_000).parallel().sum() == 49_995_000;
    }

    /** By reflection, as this compiles for 17. */
    static boolean startsVirtualThreads() throws Exception {
        if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            throw new NotHereException("virtual threads came with Java " + FIRST_WITH_VIRTUAL_THREADS);
        }
        try (AutoCloseable closing = (AutoCloseable)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)) {
            ExecutorService executor = (ExecutorService) closing;
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                results.add(executor.submit(() -> {
                    Thread.sleep(1);
                    return (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
                }));
            }
            for (Future<Boolean> result : results) {
                if (!result.get(WAIT_SECONDS, TimeUnit.SECONDS)) {
                    return false;
                }
            }
            return true;
        }
    }
}
