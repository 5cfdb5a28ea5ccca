package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Handlers that cannot be served, or only seem so. */
final class BadHandlers {
    private BadHandlers() {}

    /** Answers a connection, where one comes. */
    private static void answer(Connection connection, String text) throws IOException {
        connection.output().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Cannot be made. */
    public static final class ThrowsInConstructor implements ConnectionHandler {
        public ThrowsInConstructor() {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Is never made. */
    public static final class NeverReady implements ConnectionHandler {
        public NeverReady() throws InterruptedException {
            new CountDownLatch(1).await();
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Is made, except while the file is there that the variable HANG names. */
    public static final class ReadyUnless implements ConnectionHandler {
        public ReadyUnless() throws InterruptedException {
            if (Files.exists(Path.of(System.getenv("HANG")))) {
                new CountDownLatch(1).await();
            }
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "ready");
        }
    }

    /** Is warmed for as long as a start may take, and says so. */
    public static final class SlowWarmUp implements ConnectionHandler {
        @Override
        public void warmUp() throws Exception {
            Files.writeString(Path.of(System.getProperty("warming")), "yes"); // several JVMs of a pool start at once
            new CountDownLatch(1).await();
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Cannot be made while a file is there. */
    public static final class BrokenIf implements ConnectionHandler {
        public BrokenIf() {
            if (Files.exists(Path.of(System.getProperty("broken")))) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "mended");
        }
    }

    /** Cannot be warmed. */
    public static final class ThrowsInWarmUp implements ConnectionHandler {
        @Override
        public void warmUp() {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Runs out of something while it is warmed. */
    public static final class ErrorInWarmUp implements ConnectionHandler {
        @Override
        public void warmUp() {
            throw new AssertionError("on purpose");
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Cannot be initialised. */
    public static final class ThrowsInInitializer implements ConnectionHandler {
        private static final int LENGTH = length(null);

        private static int length(String text) {
            return text.length();
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "" + LENGTH);
        }
    }

    /** Ends the process while it is warmed. */
    public static final class ExitsInWarmUp implements ConnectionHandler {
        @Override
        public void warmUp() {
            System.exit(3);
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Leaves a thread that computes for ever. */
    public static final class LeavesASpinningThread implements ConnectionHandler {
        private static volatile long count;

        @Override
        public void warmUp() {
            Thread thread = new Thread(
                    () -> {
                        for (long i = 0; ; i++) {
                            count = i;
                        }
                    },
                    "spinner");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "" + count);
        }
    }

    /** The same, while the file is there that the variable SPIN names at its start. */
    public static final class RestlessWhile implements ConnectionHandler {
        @Override
        public void warmUp() {
            if (Files.exists(Path.of(System.getenv("SPIN")))) {
                new LeavesASpinningThread().warmUp();
            }
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "at rest");
        }
    }

    /** Its workers do not end with the status that they ask for, which is what a stem is proven by. */
    public static final class HaltsInItsHook implements ConnectionHandler {
        @Override
        public void warmUp() {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(9)));
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "served");
        }
    }

    /** Leaves a thread that waits in a system call which no copy of the process could go on with. */
    public static final class LeavesAThreadInAccept implements ConnectionHandler {
        @Override
        public void warmUp() throws IOException {
            ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(() -> accept(listener), "acceptor");
            thread.setDaemon(true);
            thread.start();
        }

        private static void accept(ServerSocket listener) {
            try {
                listener.accept().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Opens a selector as soon as its class is initialised. */
    public static class OpensASelector implements ConnectionHandler {
        static final Selector SELECTOR = open();

        private static Selector open() {
            try {
                return Selector.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "open: " + SELECTOR.isOpen());
        }
    }

    /** Not bad: closes it in time. */
    public static final class ClosesItsSelector extends OpensASelector implements ForkHook {
        @Override
        public void beforeFork() throws IOException {
            SELECTOR.close();
        }
    }

    /** Opens one in each warm-up connection. */
    public static final class OpensASelectorLate implements ConnectionHandler {
        private static Selector kept;

        @Override
        public void handle(Connection connection) throws IOException {
            kept = Selector.open();
            answer(connection, "open: " + kept.isOpen());
        }
    }

    /** Leaves a thread in a selector, as an event loop does. */
    public static final class LeavesAThreadInASelector implements ConnectionHandler {
        @Override
        public void warmUp() throws IOException {
            Selector selector = Selector.open();
            Thread thread = new Thread(() -> select(selector), "event loop");
            thread.setDaemon(true);
            thread.start();
        }

        private static void select(Selector selector) {
            try {
                selector.select();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void handle(Connection connection) throws IOException {
            answer(connection, "?");
        }
    }

    /** Not bad at all: leaves an executor whose thread waits for work. */
    public static final class LeavesAWaitingExecutor implements ConnectionHandler {
        private ExecutorService executor;

        @Override
        public void warmUp() throws ExecutionException, InterruptedException {
            executor = Executors.newSingleThreadExecutor();
            CountDownLatch started = new CountDownLatch(1);
            executor.submit(started::countDown).get();
            started.await();
        }

        @Override
        public void handle(Connection connection) throws ExecutionException, InterruptedException, IOException {
            String name =
                    executor.submit(() -> Thread.currentThread().getName()).get();
            answer(connection, "worked on " + name);
        }
    }
}
