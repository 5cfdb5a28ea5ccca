package forkd.launcher.it;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that connect one after the other and want their line echoed, as many at once as there are threads. */
final class Load implements AutoCloseable {
    static final int CLIENTS = 8;

    private final ForkdServer server;
    private final AtomicInteger left;
    private final AtomicInteger made = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    /** Starts so many connections. */
    Load(ForkdServer server, int connections) {
        this.server = server;
        this.left = new AtomicInteger(connections);
        for (int i = 0; i < CLIENTS; i++) {
            Thread thread = new Thread(this::run, "client " + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void run() {
        while (left.getAndDecrement() > 0) {
            made.incrementAndGet();
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
            } catch (IOException | AssertionError e) {
                failures.add(e.toString());
            }
        }
    }

    /** Waits until all connections have been served; tells which were not. */
    List<String> failures() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    /** Starts no more connections; tells how many it were. */
    int stop() throws InterruptedException {
        left.set(0);
        failures();
        return made.get();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
