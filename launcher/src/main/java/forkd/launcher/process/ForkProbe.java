package forkd.launcher.process;

import forkd.launcher.freeze.ChildWatch;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PollSet;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import forkd.posix.WaitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Drives a launcher without a server: starts workers on socket pairs and talks to them, for measurements and checks. Used on
 * one thread; it owns the launcher.
 */
public final class ForkProbe implements AutoCloseable {
    private static final int MANY = 100_000;
    private static final Duration END = Duration.ofSeconds(20);

    private final WorkerLauncher launcher;
    private final WorkerTable workers;
    private final Map<Integer, WaitStatus> ends = new HashMap<>();
    private final Reaper reaper;
    private final PollSet poll = new PollSet(64);
    private long connections;
    private int startedPid;
    private ErrnoException failure;

    /** A worker of a probe's. */
    public record Probe(int pid, Fd client, long startNanos) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }

    /** Starts the launcher, with a reaper of its own. Blocks until there is a stem. */
    public ForkProbe(WorkerLauncher launcher) throws IOException {
        this.launcher = launcher;
        this.workers = new WorkerTable(MANY, (worker, status) -> noteEnd(worker.pid(), status));
        this.reaper = new Reaper(workers.children());
        reaper.start();
        try {
            launcher.start(new Listener());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Starts a worker and waits until it has reported. */
    public Probe start() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            long start = System.nanoTime();
            startedPid = 0;
            failure = null;
            workers.reserve();
            launcher.launch(new Incoming(
                    ++connections, Posix.duplicate(pair.second().number()), UnixAddr.UNNAMED, "probe", start));
            pair.second().close();
            while (startedPid == 0) {
                if (failure != null) {
                    throw failure;
                }
                poll.clear();
                launcher.events().forEach(poll::add);
                poll.await(Duration.ofSeconds(1));
                launcher.progress();
            }
            return new Probe(startedPid, Posix.duplicate(pair.first().number()), System.nanoTime() - start);
        }
    }

    /**
     * Sends a line, half-closes, and reads until the worker closes.
     *
     * @return what it answered; null where it took too long, and was killed then
     */
    public String ask(Probe probe, String line, Duration patience) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        Posix.write(probe.client(), bytes, 0, bytes.length);
        Sockets.shutdown(probe.client(), Sockets.SHUT_WR);
        long deadline = System.nanoTime() + patience.toNanos();
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        PollSet waiting = new PollSet(1);
        while (true) {
            waiting.clear();
            waiting.add(probe.client());
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (!waiting.await(left.plusMillis(1)) && left.isZero()) {
                workers.signal(probe.pid(), Signal.SIGKILL);
                return null;
            }
            if (waiting.isReady(0)) {
                int n = Posix.read(probe.client(), buffer, 0, buffer.length);
                if (n < 0) {
                    return answer.toString().strip();
                }
                answer.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        }
    }

    /** How the worker ended; null where it does not end. */
    public synchronized WaitStatus end(Probe probe) throws InterruptedException {
        long deadline = System.nanoTime() + END.toNanos();
        while (!ends.containsKey(probe.pid())) {
            long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (millis <= 0) {
                return null;
            }
            wait(millis);
        }
        return ends.remove(probe.pid());
    }

    private synchronized void noteEnd(int pid, WaitStatus status) {
        ends.put(pid, status);
        notifyAll();
    }

    @Override
    public void close() {
        launcher.close();
        workers.awaitHelpers(END);
        reaper.close();
    }

    private final class Listener implements LaunchListener {
        @Override
        public void started(Incoming connection, int pid) {
            connection.socket().close();
            startedPid = pid;
            workers.publish(new Worker(pid, connection.id(), connection.acceptNanos()));
        }

        @Override
        public void failed(Incoming connection, ErrnoException why) {
            connection.socket().close();
            workers.cancel();
            failure = why;
        }

        @Override
        public void warn(String message) {
            System.err.println("warn: " + message);
        }

        @Override
        public void stem(int pid, String reason, double seconds) {
            // the probe's caller measures for itself
        }

        @Override
        public void wake() {
            // this thread never sleeps for longer than a second
        }

        @Override
        public ChildWatch children() {
            return workers;
        }
    }
}
