package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Tries one thing that Java code does, in a worker: reads its name as a line and answers {@link #PASSED} or what went wrong.
 * {@code forkd doctor} asks for all of them.
 */
public final class CheckHandler implements ConnectionHandler {
    /** The answer to a check that went well. */
    public static final String PASSED = "works";

    /** All checks, in the order in which they are shown. */
    public static final List<String> NAMES = List.of(
            "garbage collection",
            "allocation",
            "out of memory",
            "stack overflow",
            "threads",
            "executor",
            "timed waits",
            "thread dump",
            "parallel stream",
            "lambda",
            "class loading",
            "process start",
            "selector",
            "secure random",
            "cleaner",
            "direct buffers",
            "just-in-time compiler",
            "System.exit",
            "Runtime.halt");

    private static final int EXIT = 21;
    private static final int HALT = 22;
    private static final int MEGABYTE = 1 << 20;
    private static final long WAIT_SECONDS = 10;

    /** With what status the worker ends after a check. */
    public static int exitStatus(String name) {
        return switch (name) {
            case "System.exit" -> EXIT;
            case "Runtime.halt" -> HALT;
            default -> 0;
        };
    }

    @Override
    public void handle(Connection connection) throws IOException {
        String name = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8)).readLine();
        if (name == null) {
            return;
        }
        String answer;
        try {
            answer = run(name) ? PASSED : "gave a wrong result";
        } catch (Exception | Error e) {
            answer = e.toString();
        }
        connection.output().write(answer.getBytes(StandardCharsets.UTF_8));
        if (name.equals("System.exit")) {
            System.exit(EXIT);
        }
        if (name.equals("Runtime.halt")) {
            Runtime.getRuntime().halt(HALT);
        }
    }

    private static boolean run(String name) throws Exception {
        return switch (name) {
            case "garbage collection" -> collects();
            case "allocation" -> allocates();
            case "out of memory" -> survivesOutOfMemory();
            case "stack overflow" -> survivesStackOverflow();
            case "threads" -> startsThread();
            case "executor" -> executes();
            case "timed waits" -> waits();
            case "thread dump" -> !Thread.getAllStackTraces().isEmpty();
            case "parallel stream" -> IntStream.range(0, 10_000).parallel().sum() == 49_995_000;
            case "lambda" ->
                List.of(3, 1, 2).stream().map(i -> i * 2).sorted().toList().equals(List.of(2, 4, 6));
            case "class loading" ->
                Class.forName("java.util.concurrent.ConcurrentSkipListMap")
                                .getConstructor()
                                .newInstance()
                        != null;
            case "process start" -> startsProcess();
            case "selector" -> selects();
            case "secure random" -> new SecureRandom().generateSeed(8).length == 8;
            case "cleaner" -> cleans();
            case "direct buffers" -> freesDirectBuffers();
            case "just-in-time compiler" -> compiles();
            case "System.exit", "Runtime.halt" -> true;
            default -> throw new IllegalArgumentException("no check of that name");
        };
    }

    private static boolean collects() {
        System.gc();
        return true;
    }

    private static boolean allocates() {
        long size = 0;
        long enough = 4 * Runtime.getRuntime().totalMemory();
        while (size < enough) {
            size += new byte[MEGABYTE].length;
        }
        return true;
    }

    private static boolean survivesOutOfMemory() {
        List<long[]> hoard = new ArrayList<>();
        try {
            while (hoard.size() < Integer.MAX_VALUE) {
                hoard.add(new long[Integer.MAX_VALUE - 8]);
            }
            return false;
        } catch (OutOfMemoryError e) {
            hoard.clear();
            return allocates();
        }
    }

    private static boolean survivesStackOverflow() {
        try {
            return descend(Integer.MAX_VALUE) < 0;
        } catch (StackOverflowError e) {
            return true;
        }
    }

    private static int descend(int depth) {
        return depth == 0 ? 0 : 1 + descend(depth - 1);
    }

    private static boolean startsThread() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        Thread thread = new Thread(ran::countDown);
        thread.start();
        thread.join();
        return ran.getCount() == 0;
    }

    private static boolean executes() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            return pool.submit(() -> 42).get(WAIT_SECONDS, TimeUnit.SECONDS) == 42;
        } finally {
            pool.shutdown();
        }
    }

    private static boolean waits() throws InterruptedException {
        Thread.sleep(5);
        LockSupport.parkNanos(5_000_000);
        return !new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
    }

    private static boolean startsProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/bin/echo", "hello").start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return said.equals("hello") && process.waitFor() == 0;
    }

    private static boolean selects() throws IOException {
        Pipe pipe = Pipe.open();
        try (Selector selector = Selector.open();
                Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            source.configureBlocking(false);
            source.register(selector, SelectionKey.OP_READ);
            sink.write(ByteBuffer.wrap(new byte[1]));
            return selector.select(TimeUnit.SECONDS.toMillis(WAIT_SECONDS)) == 1;
        }
    }

    private static boolean cleans() throws InterruptedException {
        CountDownLatch cleaned = new CountDownLatch(1);
        register(Cleaner.create(), cleaned);
        for (int i = 0; i < 100 && cleaned.getCount() > 0; i++) {
            System.gc();
            if (cleaned.await(TimeUnit.SECONDS.toMillis(WAIT_SECONDS) / 100, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private static void register(Cleaner cleaner, CountDownLatch cleaned) {
        cleaner.register(new Object(), cleaned::countDown);
    }

    private static boolean freesDirectBuffers() {
        long size = 0;
        // More than may be open at once (-XX:MaxDirectMemorySize): it goes on when the reference handler has freed
        // some.
        while (size < 256L * MEGABYTE) {
            size += ByteBuffer.allocateDirect(MEGABYTE).capacity();
        }
        return true;
    }

    /** A loop that runs compiled after a while; in the interpreter alone every round takes as long as the first. */
    private static boolean compiles() {
        long first = round();
        long best = first;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (best > first / 3 && System.nanoTime() < deadline) {
            best = Math.min(best, round());
        }
        return best <= first / 3;
    }

    private static long sink;

    private static long round() {
        long start = System.nanoTime();
        long x = sink;
        for (int i = 0; i < 200_000; i++) {
            x = x * 31 + (x >>> 7) ^ i;
        }
        sink = x;
        return System.nanoTime() - start;
    }
}
