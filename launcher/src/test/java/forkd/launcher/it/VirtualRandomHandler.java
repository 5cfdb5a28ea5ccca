package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;

/** Has virtual threads from before the fork draw numbers: one that was started by itself, and one of an executor. Java 21 or later. */
public final class VirtualRandomHandler implements ConnectionHandler {
    private record Drawer(String kind, BlockingQueue<String> asked, BlockingQueue<Long> drawn) implements Runnable {
        Drawer(String kind) {
            this(kind, new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
        }

        @Override
        public void run() {
            try {
                while (true) {
                    drawn.add(ThreadLocalRandom.current().nextLong());
                    asked.take();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts it", e);
            }
        }
    }

    private final Drawer alone = new Drawer("started-by-itself");
    private final Drawer executed = new Drawer("of-an-executor");

    @Override
    public void warmUp() throws Exception {
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, alone);
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        executor.execute(executed);
        alone.drawn().take();
        executed.drawn().take();
    }

    @Override
    public void handle(Connection connection) throws Exception {
        for (Drawer drawer : new Drawer[] {alone, executed}) {
            drawer.asked().add("");
            String line = drawer.kind() + " " + drawer.drawn().take() + "\n";
            connection.output().write(line.getBytes(StandardCharsets.UTF_8));
        }
    }
}
