package forkd.launcher.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Serves all services at once: the first one on the calling thread, each other one on a thread of its own. */
final class ServiceThreads {
    private final List<ServiceRun> runs;
    private final StopRequest stop;
    private final List<Throwable> failures = new ArrayList<>();

    ServiceThreads(List<ServiceRun> runs, StopRequest stop) {
        this.runs = runs;
        this.stop = stop;
    }

    /**
     * Blocks until all have ended.
     *
     * @throws IOException the failure of the first service that failed; the others were stopped for it
     */
    void run() throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (ServiceRun run : runs.subList(1, runs.size())) {
            Thread thread = new Thread(() -> serve(run), "service " + (threads.size() + 2));
            threads.add(thread);
            thread.start();
        }
        serve(runs.get(0));
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts the main thread", e);
            }
        }
        rethrow();
    }

    private void serve(ServiceRun run) {
        try {
            run.serve(stop);
        } catch (IOException | RuntimeException | Error e) {
            synchronized (failures) {
                failures.add(e);
            }
            // A launcher of which a part is gone would look healthy to whoever watches it.
            if (!stop.isRequested()) {
                stop.signal();
            }
        }
    }

    /**
     * A thread that serves all services, such as the reaper, has met what it must not meet. Workers cannot be waited for without it. Any
     * thread.
     */
    void failed(Throwable why) {
        synchronized (failures) {
            failures.add(why);
        }
        while (!stop.isImmediate()) {
            stop.signal();
        }
    }

    private void rethrow() throws IOException {
        Throwable first;
        synchronized (failures) {
            if (failures.isEmpty()) {
                return;
            }
            first = failures.get(0);
            failures.subList(1, failures.size()).forEach(first::addSuppressed);
        }
        if (first instanceof IOException e) {
            throw e;
        }
        if (first instanceof UncheckedIOException e) {
            throw e.getCause();
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) first;
    }
}
