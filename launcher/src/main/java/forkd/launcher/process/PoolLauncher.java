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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Model pool: JVMs that were started ahead, each waiting for one connection. It works on every Linux JVM. A worker that ends
 * before it waits, or does not wait in time, is a failed start, which is reported and backs off.
 */
public final class PoolLauncher implements WorkerLauncher {
    private static final int MAX_WAITING = 64;

    private final ZygoteCommand command;
    private final String handler;
    private final ConnectionPacket packets;
    private final PoolPolicy policy;
    private final Confiner confiner;
    private final SpawnRate rate = SpawnRate.ofProcessors(Runtime.getRuntime().availableProcessors());
    private final Deque<Incoming> connections = new ArrayDeque<>();
    private final StartingWorkers starting;
    private final ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    private LaunchListener listener;
    private SocketPair queue;
    private WaitingWorkers waiting;
    /** Held by all workers that reload has not made old: its other end closes with {@link #reload}. */
    private Pipe age;

    private String lastFailure = "it gave no reason";

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
        waiting = new WaitingWorkers(queue.first());
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
        int wanted = policy.minSpare() + connections.size() - waiting.waiting() - starting.size();
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

    private void kill(int pid) {
        try {
            listener.children().signal(pid, Signal.SIGKILL);
        } catch (ErrnoException e) {
            listener.warn(e.getMessage());
        }
    }

    @Override
    public boolean hasRoom() {
        return connections.size() < MAX_WAITING;
    }

    @Override
    public void launch(Incoming connection) {
        connections.add(connection);
        handOut();
    }

    private void handOut() {
        while (!connections.isEmpty() && waiting.waiting() > 0 && send(connections.peek())) {
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
        try {
            for (int length = packet.poll(queue.first()); length > 0; length = packet.poll(queue.first())) {
                report();
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException("the queue is broken", e);
        }
    }

    private void report() {
        int pid = packet.getInt(ZygoteProtocol.NUMBER);
        switch (packet.getByte(ZygoteProtocol.TYPE)) {
            case ZygoteProtocol.IDLE -> {
                TimeSlice.ofProcess(pid, TimeSlice.DEFAULT);
                starting.remove(pid);
                rate.succeeded();
                waiting.idle(pid);
            }
            case ZygoteProtocol.STARTED -> {
                Incoming connection = waiting.started(pid, packet.getLong(ZygoteProtocol.ID));
                if (connection != null) {
                    listener.started(connection, pid);
                }
            }
            case ZygoteProtocol.DONE -> {
                long id = packet.getLong(ZygoteProtocol.ID);
                // One that has ended meanwhile has been told as the end of its connection, or is no worker of ours.
                if (listener.children().release(pid, id, status -> tell(pid, status))) {
                    waiting.idle(pid);
                }
            }
            case ZygoteProtocol.FAILED -> {
                byte[] text = new byte[packet.getInt(ZygoteProtocol.TEXT_LENGTH)];
                packet.getBytes(ZygoteProtocol.TEXT, text, 0, text.length);
                lastFailure = new String(text, StandardCharsets.UTF_8);
            }
            default -> throw new IllegalStateException("a worker of the pool speaks another protocol");
        }
    }

    private void expire(long now) {
        for (Incoming connection : waiting.sent().takeExpired()) {
            listener.failed(connection, new ErrnoException("handover(" + handler + ")", Errno.ETIMEDOUT));
        }
        // Where starts fail nobody may ever come for those in the queue; where they only take long, somebody will.
        long limit = policy.startTimeout().toNanos();
        while (rate.failures() > 0
                && !connections.isEmpty()
                && now - connections.peek().acceptNanos() > limit) {
            listener.failed(connections.remove(), new ErrnoException("start(" + handler + ")", Errno.ETIMEDOUT));
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
     * both, one JVM too many ends and is replaced.
     */
    @Override
    public void reload() {
        if (policy.reuses()) {
            renewAge();
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
        receive();
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
