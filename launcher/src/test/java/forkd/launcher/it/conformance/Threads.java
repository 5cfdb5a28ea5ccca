package forkd.launcher.it.conformance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Threads, pools and what is built on them. */
final class Threads {
    private static int counter;

    private Threads() {}

    /** Runs something on a new thread, waits for its end and passes on what it throws. */
    static void run(Runnable action) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(action, "case");
        thread.setUncaughtExceptionHandler((ignored, e) -> failure.set(e));
        thread.start();
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError("on a new thread: " + failure.get(), failure.get());
        }
    }

    public static void newThreads() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Thread thread = new Thread(() -> count(1000));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Check.equal(50_000, count(0));
    }

    private static int count(int times) {
        for (int i = 0; i < times; i++) {
            synchronized (Threads.class) {
                counter++;
            }
        }
        synchronized (Threads.class) {
            return counter;
        }
    }

    public static void executorsMadeInTheWorker() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        works(executor);
        executor.shutdown();
        Check.that(executor.awaitTermination(5, TimeUnit.SECONDS), "the executor does not end");
    }

    public static void executorsMadeBeforeTheFork() throws Exception {
        works(BeforeTheFork.POOL);
        Check.equal(
                "timed",
                BeforeTheFork.TIMER
                        .schedule(() -> "timed", 5, TimeUnit.MILLISECONDS)
                        .get());
    }

    private static void works(ExecutorService executor) throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            tasks.add(() -> number);
        }
        int sum = 0;
        for (Future<Integer> result : executor.invokeAll(tasks)) {
            sum += result.get();
        }
        Check.equal(4950, sum);
    }

    public static void parallelStreams() {
        Check.equal(
                100_000,
                IntStream.range(0, 100_000)
                        .parallel()
                        .mapToObj(i -> "x" + i)
                        .collect(Collectors.toSet())
                        .size());
    }

    public static void completableFutures() throws Exception {
        CompletableFuture<Integer> one = CompletableFuture.supplyAsync(() -> 20);
        CompletableFuture<Integer> two = CompletableFuture.supplyAsync(() -> 22);
        Check.equal(42, one.thenCombineAsync(two, Integer::sum).get(5, TimeUnit.SECONDS));
    }

    /** By reflection, as this compiles for 17. */
    public static void virtualThreads() throws Exception {
        if (Runtime.version().feature() < 21) {
            throw new DocumentedNo("virtual threads came with Java 21");
        }
        try (AutoCloseable closeable = (AutoCloseable)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)) {
            ExecutorService executor = (ExecutorService) closeable;
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                results.add(executor.submit(() -> {
                    Thread.sleep(5);
                    return (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
                }));
            }
            for (Future<Boolean> result : results) {
                Check.that(result.get(), "no virtual thread");
            }
        }
    }

    public static void allStackTraces() {
        Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
        Check.that(all.containsKey(Thread.currentThread()), "not even this thread");
        Set<String> names = new HashSet<>();
        all.keySet().forEach(thread -> names.add(thread.getName()));
        Check.that(names.contains("Reference Handler"), "threads: " + names);
    }

    public static void interrupts() throws InterruptedException {
        AtomicReference<InterruptedException> caught = new AtomicReference<>();
        Thread sleeper = new Thread(() -> {
            try {
                TimeUnit.MINUTES.sleep(1);
            } catch (InterruptedException e) {
                caught.set(e);
            }
        });
        sleeper.start();
        sleeper.interrupt();
        sleeper.join(5000);
        Check.that(caught.get() != null, "the sleeper sleeps on");
    }

    public static void locksMadeBeforeTheFork() throws InterruptedException {
        boolean[] done = new boolean[1];
        synchronized (BeforeTheFork.LOCK) {
            new Thread(() -> {
                        synchronized (BeforeTheFork.LOCK) {
                            done[0] = true;
                            BeforeTheFork.LOCK.notifyAll();
                        }
                    })
                    .start();
            while (!done[0]) {
                BeforeTheFork.LOCK.wait();
            }
        }
    }
}
