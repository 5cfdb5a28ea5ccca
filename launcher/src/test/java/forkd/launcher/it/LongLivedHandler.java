package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Answers line by line, and does what needs threads of the VM or of its own that were there before the fork. */
public final class LongLivedHandler implements ConnectionHandler {
    /** So many runs of the loop are timed. */
    static final int RUNS = 20;

    private static final long SECONDS = 10;
    private static final long FAULTING_MILLIS = 150;

    private static Cleaner cleaner;
    private static ExecutorService executor;

    @Override
    public void warmUp() throws ExecutionException, InterruptedException {
        cleaner = Cleaner.create();
        executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "early");
            thread.setDaemon(true);
            return thread;
        });
        executor.submit(() -> "started").get();
    }

    @Override
    public void handle(Connection connection) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = answer(line);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                answer = e.toString();
            }
            connection.output().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String answer(String line) throws InterruptedException, ExecutionException, TimeoutException {
        return switch (line) {
            case "executor" ->
                executor.submit(() -> Thread.currentThread().getName()).get(SECONDS, TimeUnit.SECONDS);
            case "cleaner" -> cleaned();
            case "loop" -> times();
            case "overflow" -> overflows();
            case "faults" -> faults();
            case "halt" -> {
                Runtime.getRuntime().halt(9);
                yield "halted";
            }
            default -> line;
        };
    }

    private static String cleaned() throws InterruptedException {
        CountDownLatch cleaned = new CountDownLatch(1);
        cleaner.register(new Object(), cleaned::countDown);
        System.gc();
        return cleaned.await(SECONDS, TimeUnit.SECONDS) ? "cleaned" : "not cleaned";
    }

    private static String times() {
        StringBuilder times = new StringBuilder();
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            // The result is looked at, so that the loop cannot be left out.
            String end = loop(i) == 0 ? " 0" : "";
            times.append(System.nanoTime() - start).append(end).append(' ');
        }
        return times.toString();
    }

    private static long loop(int seed) {
        long value = seed;
        for (int i = 0; i < 4_000_000; i++) {
            value = value * 31 + (value >>> 7) ^ i;
        }
        return value;
    }

    /** The VM looks for no null: it lets the processor fault, and makes an exception of the signal. */
    private static String faults() {
        Object[] nothing = System.nanoTime() == 0 ? new Object[0] : null;
        int exceptions = 0;
        for (long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAULTING_MILLIS); System.nanoTime() < end; ) {
            try {
                exceptions += nothing.length;
            } catch (NullPointerException e) {
                exceptions++;
            }
        }
        return exceptions > 0 ? "faulted" : "no faults";
    }

    /** On the first thread, on one from before the fork, and on a new one: each has its guard pages. */
    private static String overflows() throws InterruptedException, ExecutionException, TimeoutException {
        StringBuilder answer = new StringBuilder(overflow());
        answer.append(' ').append(executor.submit(LongLivedHandler::overflow).get(SECONDS, TimeUnit.SECONDS));
        Thread thread = new Thread(() -> answer.append(' ').append(overflow()));
        thread.start();
        thread.join();
        return answer.toString();
    }

    private static String overflow() {
        try {
            return "depth " + deep(0);
        } catch (StackOverflowError e) {
            return "overflow";
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int deep(int depth) {
        return 1 + deep(depth + 1);
    }
}
