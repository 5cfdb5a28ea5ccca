package forkd.launcher.it.conformance;

import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Timed waits of every kind: they end, and not early. */
final class Waiting {
    private static final long MILLIS = 30;

    private Waiting() {}

    /** What waits. */
    @FunctionalInterface
    private interface Wait {
        void run() throws Exception;
    }

    private static void takesItsTime(Wait wait) throws Exception {
        long start = System.nanoTime();
        wait.run();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Check.that(millis >= MILLIS - 1 && millis < 5000, "waited " + millis + " ms instead of " + MILLIS);
    }

    public static void sleep() throws Exception {
        takesItsTime(() -> Thread.sleep(MILLIS));
    }

    public static void objectWait() throws Exception {
        Object monitor = new Object();
        takesItsTime(() -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
            synchronized (monitor) {
                while (System.nanoTime() < end) {
                    monitor.wait(1 + TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
                }
            }
        });
    }

    public static void parkNanos() throws Exception {
        takesItsTime(() -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        });
    }

    public static void latch() throws Exception {
        takesItsTime(() -> Check.that(!new CountDownLatch(1).await(MILLIS, TimeUnit.MILLISECONDS), "it was not zero"));
    }

    public static void delayedFuture() throws Exception {
        takesItsTime(() -> Check.equal(
                1,
                new CompletableFuture<Integer>()
                        .completeOnTimeout(1, MILLIS, TimeUnit.MILLISECONDS)
                        .get()));
    }

    public static void scheduledExecutor() throws Exception {
        ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
        takesItsTime(
                () -> executor.schedule(() -> 1, MILLIS, TimeUnit.MILLISECONDS).get());
        executor.shutdownNow();
    }

    public static void timer() throws Exception {
        Timer timer = new Timer(true);
        CountDownLatch rang = new CountDownLatch(1);
        takesItsTime(() -> {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            rang.countDown();
                        }
                    },
                    MILLIS);
            rang.await();
        });
    }
}
