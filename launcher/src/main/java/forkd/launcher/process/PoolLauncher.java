package forkd.launcher.process;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.PacketBuffer;
import forkd.posix.Pipe;
import forkd.posix.PollSet;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.SpawnRequest;
import forkd.posix.TimeSlice;
import forkd.posix.WaitStatus;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Model pool: JVMs that were started ahead, each waiting for one connection. It works on every Linux JVM. A worker that ends
 * before it waits, or does not wait in time, is a failed start, which is reported and backs off.
 */
public final class PoolLauncher implements WorkerLauncher {
    private static final int MAX_WAITING = 64;
    private static final int MOST_REPORTS = 1024;

    private final ZygoteCommand command;
    private final String handler;
    private final ConnectionPacket packets;
    private final PoolPolicy policy;
    private final Confiner confiner;
    private final SpawnRate rate = SpawnRate.ofProcessors(Runtime.getRuntime().availableProcessors());
    private final Deque<Asked> connections = new ArrayDeque<>();
    private final StartingWorkers starting;
    private final ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    /** Those that a reload has killed before they waited. */
    private final Set<Integer> dismissed = new HashSet<>();

    private LaunchListener listener;
    private SocketPair queue;
    private PoolReports reports;
    private WaitingWorkers waiting;
    /** Held by all workers that reload has not made old: its other end closes with {@link #reload}. */
    private Pipe age;

    private String lastFailure = "it gave no reason";

    /** A connection that waits for a JVM. */
    private record Asked(Incoming connection, long since) {}

    /** @param handler as titles show it */
    public PoolLauncher(
            ZygoteCommand command,
            String handler,
            WorkerEnvironment environment,
            PoolPolicy policy,
            Confiner confiner) {
        this.packets = new ConnectionPacket(handler, environment);
        this.confiner = confiner;
        this.command = command;
        this.handler = handler;
        this.policy = policy;
        this.starting = new StartingWorkers(policy.startTimeout());
    }

    /** Starts the first workers and waits until one of them waits: a handler that cannot be loaded is found here. */
    @Override
    public void start(LaunchListener toTell) throws IOException {
        listener = toTell;
        queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
        reports = new PoolReports(queue.first());
        waiting = new WaitingWorkers(queue.first(), Handovers.LIMIT);
        age = Posix.pipe();
        fill();
        PollSet poll = new PollSet(1);
        while (waiting.waiting() == 0) {
            poll.clear();
            poll.add(queue.first());
            poll.await(SpawnRate.TICK);
            progress();
            if (rate.failures() > 0) {
                close();
                throw new IOException("no worker of the pool gets ready: " + lastFailure);
            }
        }
    }

    private void fill() {
        int wanted = policy.minSpare() + connections.size() + waiting.lacking() - waiting.waiting() - starting.size();
        int allowed = rate.allow(Math.max(0, wanted), starting.size(), System.nanoTime());
        for (int i = 0; i < allowed; i++) {
            try {
                spawn();
            } catch (ErrnoException e) {
                rate.failed(System.nanoTime());
                listener.warn("the pool cannot grow: " + e.getMessage());
                return;
            }
        }
        if (waiting.waiting() > policy.maxSpare()) {
            waiting.endOne(packet);
        }
    }

    private void spawn() throws ErrnoException {
        listener.children().expect();
        int pid;
        // What is started gets it too, and whoever has work to do need not wait until it has used it up.
        TimeSlice.ofThisThread(TimeSlice.LONG);
        try (Fd nothing = Posix.open("/dev/null")) {
            pid = Posix.spawn(new SpawnRequest(
                    command.path(), command.argv(), command.environment(), inherited(nothing), confiner.ofWorker()));
        } catch (ErrnoException e) {
            listener.children().forget();
            throw e;
        } finally {
            TimeSlice.ofThisThread(TimeSlice.DEFAULT);
        }
        starting.add(pid, System.nanoTime());
        listener.children().adoptWaiting(pid, status -> tell(pid, status));
    }

    /** Any thread. */
    private void tell(int pid, WaitStatus status) {
        news.add(() -> ended(pid, status));
        listener.wake();
    }

    private List<Inherited> inherited(Fd nothing) {
        List<Inherited> inherited = new ArrayList<>(List.of(
                new Inherited(nothing, Fd.STDIN),
                new Inherited(nothing, Fd.STDOUT),
                new Inherited(queue.second(), ZygoteProtocol.QUEUE_FD)));
        if (policy.reuses()) {
            inherited.add(new Inherited(age.readEnd(), ZygoteProtocol.AGE_FD));
        }
        return inherited;
    }

    private void ended(int pid, WaitStatus status) {
        receive();
        if (dismissed.remove(pid)) {
            return;
        }
        boolean late = starting.isLate(pid);
        if (starting.remove(pid)) {
            rate.failed(System.nanoTime());
            lastFailure = late ? tooLate() : lastFailure;
            listener.warn("a worker of the pool did not get ready (" + how(status) + "): " + lastFailure);
        } else if (waiting.ended(pid)) {
            listener.children().forgetEnd(pid);
        }
    }

    private static String how(WaitStatus status) {
        return status.exited()
                ? "exit status " + status.exitCode()
                : status.signal().name();
    }

    private String tooLate() {
        return "it was killed after " + policy.startTimeout().toMillis() / 1000.0
                + " s; --pool-start-timeout gives it more";
    }

    private void killLate(long now) {
        starting.takeLate(now).forEach(this::kill);
    }

    private void kill(int pid, String why) {
        if (kill(pid)) {
            listener.warn("the pool's worker " + pid + " is killed: " + why);
        }
    }

    /** @return false where it is no child, or not any more */
    private boolean kill(int pid) {
        try {
            return listener.children().signal(pid, Signal.SIGKILL);
        } catch (ErrnoException e) {
            listener.warn(e.getMessage());
            return true;
        }
    }

    @Override
    public boolean hasRoom() {
        return connections.size() < MAX_WAITING;
    }

    @Override
    public void launch(Incoming connection) {
        connections.add(new Asked(connection, System.nanoTime()));
        handOut();
    }

    private void handOut() {
        while (!connections.isEmpty()
                && waiting.waiting() > 0
                && send(connections.peek().connection())) {
            connections.remove();
        }
        fill();
    }

    /** @return false where it has to wait */
    private boolean send(Incoming connection) {
        int length;
        try {
            length = packets.fill(packet, connection);
        } catch (ErrnoException e) {
            listener.failed(connection, e);
            return true;
        }
        return waiting.send(connection, packet, length);
    }

    @Override
    public List<Fd> events() {
        return List.of(queue.first());
    }

    @Override
    public void progress() {
        receive();
        for (Runnable next = news.poll(); next != null; next = news.poll()) {
            next.run();
        }
        long now = System.nanoTime();
        killLate(now);
        expire(now);
        handOut();
    }

    private void receive() {
        // So many at the most: whoever floods the queue must not keep the loop here. The rest makes poll return at
        // once.
        for (int left = MOST_REPORTS; left > 0; left--) {
            PoolReports.Report report = reports.next();
            if (report == null) {
                return;
            }
            if (!isTaken(report)) {
                kill(report.pid(), "it has said what no worker says");
            }
        }
    }

    /** @return false for what a worker does not say, or not now */
    private boolean isTaken(PoolReports.Report report) {
        int pid = report.pid();
        switch (report.type()) {
            case ZygoteProtocol.IDLE -> {
                if (!starting.remove(pid)) {
                    return dismissed.contains(pid);
                }
                TimeSlice.ofProcess(pid, TimeSlice.DEFAULT);
                rate.succeeded();
                waiting.idle(pid);
            }
            case ZygoteProtocol.STARTED -> {
                if (!waiting.isIdle(pid)) {
                    return false;
                }
                Incoming connection = waiting.started(pid, report.id());
                if (connection == null) {
                    kill(pid, "it has come too late for its connection");
                } else {
                    listener.started(connection, pid);
                }
            }
            case ZygoteProtocol.DONE -> {
                if (starting.contains(pid) || waiting.isIdle(pid)) {
                    return false;
                }
                // One that has ended meanwhile has been told as the end of its connection.
                if (listener.children().release(pid, report.id(), status -> tell(pid, status))) {
                    waiting.idle(pid);
                } else {
                    kill(pid); // or it lives, and has named another's connection
                }
            }
            case ZygoteProtocol.FAILED -> {
                if (!starting.contains(pid)) {
                    return dismissed.contains(pid);
                }
                lastFailure = report.text();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void expire(long now) {
        List<Incoming> expired = waiting.sent().takeExpired();
        if (!expired.isEmpty()) {
            takeBack(expired);
        }
        for (Incoming connection : expired) {
            listener.failed(connection, new ErrnoException("handover(" + handler + ")", Errno.ETIMEDOUT));
        }
        // Where starts fail nobody may ever come for those in the queue; where they only take long, somebody will.
        long limit = policy.startTimeout().toNanos();
        while (rate.failures() > 0
                && !connections.isEmpty()
                && now - connections.peek().since() > limit) {
            listener.failed(
                    connections.remove().connection(), new ErrnoException("start(" + handler + ")", Errno.ETIMEDOUT));
        }
    }

    /**
     * Empties the queue, whose copies of the connections would keep their clients waiting. Where one of those that have waited too
     * long is still in it, none of the workers that wait takes anything: somebody has stopped them.
     */
    private void takeBack(List<Incoming> expired) {
        boolean stuck = false;
        Deque<Asked> again = new ArrayDeque<>();
        try {
            while (packet.poll(queue.second()) > 0) {
                for (int i = 0; packet.descriptor(i) >= 0; i++) {
                    new Fd(packet.descriptor(i)).close();
                }
                if (packet.getByte(ZygoteProtocol.TYPE) != ZygoteProtocol.CONNECTION) {
                    continue;
                }
                long id = packet.getLong(ZygoteProtocol.ID);
                Incoming other = waiting.sent().remove(id);
                if (other != null) {
                    again.addFirst(new Asked(other, System.nanoTime()));
                }
                stuck |= expired.stream().anyMatch(connection -> connection.id() == id);
            }
            again.forEach(connections::addFirst);
        } catch (ErrnoException e) {
            throw new IllegalStateException("the queue is broken", e);
        }
        if (stuck) {
            waiting.pids().forEach(pid -> kill(pid, "it does not take connections"));
        }
    }

    @Override
    public String model() {
        return "pool";
    }

    /**
     * Workers that wait are replaced: they have loaded the handler as it was. Those that serve and would come back see that
     * their age is over.
     *
     * <pre>
     *   worker                       launcher
     *   DONE ─────────────────────▶  closes the pipe; reads DONE; ends as many as wait
     *   looks at the pipe: ends
     * </pre>
     *
     * A worker reports before it looks. So one whose report comes too late for the last step ends by itself; and where it does
     * both, one JVM too many ends and is replaced. Those that start may have loaded the old classes, and are killed.
     */
    @Override
    public void reload() {
        if (policy.reuses()) {
            renewAge();
        }
        receive();
        for (int pid : starting.pids()) {
            starting.remove(pid);
            dismissed.add(pid);
            kill(pid);
        }
        for (int i = waiting.waiting(); i > 0; i--) {
            waiting.endOne(packet);
        }
    }

    private void renewAge() {
        try {
            Pipe next = Posix.pipe();
            age.close();
            age = next;
        } catch (ErrnoException e) {
            listener.warn("workers that serve keep the handler as it was: " + e.getMessage());
        }
    }

    @Override
    public Optional<Duration> nextLook() {
        boolean quiet = connections.isEmpty()
                && waiting.sent().isEmpty()
                && starting.size() == 0
                && waiting.waiting() >= policy.minSpare();
        return quiet ? Optional.empty() : Optional.of(SpawnRate.TICK);
    }

    @Override
    public void close() {
        if (queue != null) {
            starting.pids().forEach(this::kill);
            queue.close(); // those that wait read the end of file
            age.close();
        }
    }
}
