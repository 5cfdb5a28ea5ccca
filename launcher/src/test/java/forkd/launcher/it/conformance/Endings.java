package forkd.launcher.it.conformance;

import forkd.worker.Connection;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The ways in which a worker can end. */
final class Endings {
    private Endings() {}

    static void returns(Connection connection) throws IOException {
        ConformanceHandler.answer(connection, "pass");
    }

    static void exits(Connection connection) throws IOException {
        ConformanceHandler.answer(connection, "pass");
        System.exit(7);
    }

    static void exitsOnAnotherThread(Connection connection) throws IOException, InterruptedException {
        ConformanceHandler.answer(connection, "pass");
        new Thread(() -> System.exit(8)).start();
        TimeUnit.MINUTES.sleep(1);
    }

    /** The status is that of who was first. */
    static void exitsOnAnotherThreadAndReturns(Connection connection) throws InterruptedException {
        CountDownLatch ending = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ending.countDown();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100)); // the handler returns meanwhile
            say(connection, "pass");
        }));
        new Thread(() -> System.exit(11)).start();
        ending.await();
    }

    static void halts(Connection connection) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say(connection, "a hook of halt")));
        ConformanceHandler.answer(connection, "pass");
        Runtime.getRuntime().halt(9);
    }

    static void throwsAnException(Connection connection) throws IOException {
        ConformanceHandler.answer(connection, "pass");
        throw new IOException("an exception on purpose");
    }

    static void throwsAnError(Connection connection) throws IOException {
        ConformanceHandler.answer(connection, "pass");
        throw new AssertionError("an error on purpose");
    }

    static void runsHooksWhenItReturns(Connection connection) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say(connection, "pass")));
    }

    static void runsHooksWhenItExits(Connection connection) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say(connection, "pass")));
        System.exit(10);
    }

    static void runsHooksWhenItFails(Connection connection) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say(connection, "pass")));
        throw new IllegalStateException("with a hook");
    }

    static void deletesOnExit(Connection connection) throws IOException {
        File file = File.createTempFile("conformance", null);
        file.deleteOnExit();
        ConformanceHandler.answer(connection, file.getPath());
    }

    /** As everywhere in forkd the process ends when the handler returns. */
    static void leavesAThread(Connection connection) throws IOException {
        new Thread(() -> sleep(60), "left behind").start();
        ConformanceHandler.answer(connection, "pass");
    }

    /** The thread dies; the worker does not. */
    static void aThreadDies(Connection connection) throws IOException, InterruptedException {
        Thread thread = new Thread(
                () -> {
                    throw new IllegalStateException("a thread's on purpose");
                },
                "doomed");
        thread.start();
        thread.join();
        ConformanceHandler.answer(connection, "pass");
    }

    static void sleeps(Connection connection) throws IOException {
        ConformanceHandler.answer(connection, "pass");
        sleep(60);
    }

    static void collectsAndSleeps(Connection connection) throws IOException {
        System.gc();
        returns(connection);
        sleep(60);
    }

    static void hasHooksAndSleeps(Connection connection) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say(connection, "a hook at SIGTERM")));
        returns(connection);
        sleep(60);
    }

    private static void sleep(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(Connection connection, String text) {
        try {
            ConformanceHandler.answer(connection, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
