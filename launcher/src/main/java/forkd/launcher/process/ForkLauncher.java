package forkd.launcher.process;

import forkd.launcher.freeze.FrozenStem;
import forkd.launcher.freeze.LateRevival;
import forkd.launcher.freeze.StemFactory;
import forkd.launcher.freeze.ZygoteCommand;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Model fork: every worker is a copy of a stem, made by fork(2). This class keeps a stem ready: it hands connections to it,
 * replaces it in the background before it is worn out or when it has died, and gives a connection that a dead stem has not
 * started to the next one.
 */
public final class ForkLauncher implements WorkerLauncher {
    /** Connections that wait for a stem: more are left in the kernel's backlog. */
    private static final int MAX_WAITING = 64;
    /** Between two tries to make a stem where there is none: it doubles up to this. Clients wait as long. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private final ZygoteCommand command;
    private final String handler;
    private final ConnectionPacket packets;
    private final StemPolicy policy;
    private final Confiner confiner;

    private final Deque<Incoming> waiting = new ArrayDeque<>();
    private final List<Stem> retired = new ArrayList<>();
    private final ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final SpareDemand demand;
    private StemFactory factory;
    private LateRevival revival;
    private LaunchListener listener;
    private Stem current;
    private boolean making;
    /** Asked for while a stem was being made, whose handler may have been loaded before. */
    private boolean reloadAgain;
    /** Since the last stem that was made. */
    private int failures;

    private boolean closed;

    /** @param handler as titles show it */
    public ForkLauncher(
            ZygoteCommand command,
            String handler,
            WorkerEnvironment environment,
            StemPolicy policy,
            Confiner confiner) {
        this.packets = new ConnectionPacket(handler, environment);
        this.command = command.confined(confiner.ofZygote());
        this.confiner = confiner;
        this.handler = handler;
        this.policy = policy;
        this.demand = new SpareDemand(policy.spares(), new ProcessorLoad());
    }

    @Override
    public void start(LaunchListener toTell) throws IOException {
        listener = toTell;
        factory = new StemFactory(command, policy.hugePages(), toTell.children(), toTell::warn);
        revival = new LateRevival(toTell.children(), toTell::warn);
        revival.start();
        long start = System.nanoTime();
        try {
            begin(factory.make(), "start", start);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        }
    }

    @Override
    public boolean hasRoom() {
        return waiting.size() < MAX_WAITING && (current == null || current.hasRoom());
    }

    @Override
    public void launch(Incoming connection) {
        waiting.add(connection);
        boolean all = handOut();
        demand.arrival(connection.acceptNanos()); // after it, since nobody waits for what it takes
        if (all) {
            tend();
        }
    }

    /** @return false if the stem does not take any now */
    private boolean handOut() {
        while (current != null && !waiting.isEmpty() && current.hasRoom()) {
            Incoming connection = waiting.peek();
            try {
                if (!current.send(connection)) {
                    return false; // the stem has died, and its end of file will be read; or it is behind, and its
                    // answers make room
                }
            } catch (ErrnoException e) {
                listener.failed(connection, e);
            }
            waiting.remove();
        }
        return true;
    }

    /** Keeps the number of spares, and has a stem replaced that has forked enough. */
    private void tend() {
        if (current == null || current.hasJustGiven()) {
            return;
        }
        int target = demand.spares(System.nanoTime());
        // Not while a connection waits for its fork: a server that is busy is faster without.
        while (current.spares() < target && current.isFree() && current.hasSpareForks()) {
            current.addSpare();
        }
        if (current.spares() > target) {
            current.removeSpare();
        }
        if (current.forks() >= policy.maxForks()) {
            make("forks");
        }
    }

    @Override
    public List<Fd> events() {
        List<Fd> events = new ArrayList<>();
        if (current != null) {
            events.addAll(current.events());
        }
        for (Stem stem : retired) {
            events.addAll(stem.events());
        }
        return events;
    }

    @Override
    public void progress() {
        for (Runnable next = news.poll(); next != null; next = news.poll()) {
            next.run();
        }
        if (current != null) {
            current.receive();
            if (current.isDead()) {
                recover(current);
                retire();
                make("death");
            } else if (current.isStuck()) {
                // Its end of file may be long in coming: a stopped worker holds its socket open.
                retire();
                make("death");
            }
        }
        for (Iterator<Stem> stems = retired.iterator(); stems.hasNext(); ) {
            Stem stem = stems.next();
            boolean lived = !stem.isDead();
            stem.receive();
            if (lived && stem.isDead()) {
                recover(stem);
            }
            if (stem.isDone()) {
                putBack(stem.takeLost());
                stem.close(); // the stem and its spares read the end of file and end
                stems.remove();
            }
        }
        if (handOut()) {
            tend();
        }
    }

    /** Everything that the stem has started has been reported: what is left has no worker. */
    private void recover(Stem dead) {
        List<Incoming> lost = dead.takeLost();
        putBack(lost);
        listener.warn("the stem " + dead.pid() + " has died; " + lost.size() + " connections wait for the next one");
    }

    private void putBack(List<Incoming> connections) {
        for (int i = connections.size() - 1; i >= 0; i--) {
            waiting.addFirst(connections.get(i));
        }
    }

    /** Makes the next stem on a thread of its own; the loop takes it over in {@link #progress}. */
    private void make(String reason) {
        if (making || closed) {
            return;
        }
        making = true;
        Duration pause = pause();
        Thread thread = new Thread(() -> makeNow(reason, pause), "stem maker");
        thread.setDaemon(true);
        thread.start();
    }

    private Duration pause() {
        if (failures == 0) {
            return Duration.ZERO;
        }
        Duration doubled = Duration.ofSeconds(1L << (Math.min(failures, Integer.SIZE) - 1));
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private void makeNow(String reason, Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            long start = System.nanoTime();
            FrozenStem stem = factory.make();
            news.add(() -> takeOver(stem, reason, start));
        } catch (IOException | InterruptedException | RuntimeException e) {
            news.add(() -> notMade(e));
        }
        listener.wake();
    }

    private void takeOver(FrozenStem stem, String reason, long start) {
        making = false;
        failures = 0;
        if (closed) {
            stem.close();
            return;
        }
        begin(stem, reason, start);
        reloadIfAsked();
    }

    private void reloadIfAsked() {
        if (reloadAgain) {
            reloadAgain = false;
            make("reload");
        }
    }

    private void begin(FrozenStem stem, String reason, long start) {
        if (current != null) {
            retire();
        }
        Consumer<Integer> onSpareEnd = pid -> {
            news.add(() -> spareEnded(pid));
            listener.wake();
        };
        current = new Stem(stem, handler, packets, listener, revival, onSpareEnd, confiner, Handovers.LIMIT);
        listener.stem(stem.pid(), reason, (System.nanoTime() - start) / 1e9);
        tend();
    }

    private void retire() {
        current.retire();
        retired.add(current);
        current = null;
    }

    private void spareEnded(int pid) {
        if (current != null) {
            current.spareEnded(pid);
        }
        retired.forEach(stem -> stem.spareEnded(pid));
    }

    /** With a stem the next fork tries again; without one the connections that wait get no worker. */
    private void notMade(Exception why) {
        making = false;
        failures++;
        listener.warn("no new stem: " + (why instanceof RuntimeException ? why : why.getMessage()));
        if (current == null) {
            for (Incoming next = waiting.poll(); next != null; next = waiting.poll()) {
                listener.failed(next, new ErrnoException("fork(" + handler + ")", Errno.EAGAIN));
            }
            make("death");
        }
        reloadIfAsked();
    }

    @Override
    public String model() {
        return "fork";
    }

    /**
     * Loads and warms the handler anew, in the background. Where a stem is being made, which may have loaded it already, another one
     * is made after it.
     */
    @Override
    public void reload() {
        failures = 0;
        reloadAgain = making;
        make("reload");
    }

    @Override
    public Optional<Duration> nextLook() {
        if (current != null && current.isResting()) {
            return Optional.of(Stem.REST);
        }
        boolean quiet = demand.isQuiet() && retired.isEmpty() && (current == null || current.isDone());
        return quiet ? Optional.empty() : Optional.of(SpareDemand.WINDOW);
    }

    @Override
    public void close() {
        closed = true;
        if (current != null) {
            current.close();
        }
        retired.forEach(Stem::close);
    }
}
