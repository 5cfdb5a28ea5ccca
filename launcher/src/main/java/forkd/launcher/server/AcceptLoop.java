package forkd.launcher.server;

import forkd.launcher.process.Incoming;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerTable;
import forkd.posix.AcceptedConnection;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PollSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The note's loop: accept, give the connection to a process, accept again. It runs on one thread and knows neither who is
 * admitted nor where processes come from nor what becomes of them. While the {@link Entrance} is shut for a listener it is not
 * polled: its connections wait in the kernel's backlog.
 */
final class AcceptLoop {
    /** After so many connections of one listener the others are looked at. */
    private static final int BATCH = 16;
    /** The wake pipe, and more sockets of a launcher's than it ever has at once. */
    private static final int OTHERS = 64;

    private final List<Listener> listeners;
    private final Gate gate;
    private final Entrance entrance;
    private final WorkerTable workers;
    private final WorkerLauncher launcher;
    private final WakePipe wake;
    private final TimeLimits times;
    private final AcceptErrors errors;
    private final PollSet poll;
    /** Those of the listeners that are in the poll. */
    private final List<Listener> watched = new ArrayList<>();

    private final AtomicLong ids;

    AcceptLoop(
            List<Listener> listeners,
            Gate gate,
            Entrance entrance,
            WorkerTable workers,
            WorkerLauncher launcher,
            WakePipe wake,
            TimeLimits times,
            AtomicLong ids,
            EventLog log) {
        this.listeners = listeners;
        this.gate = gate;
        this.entrance = entrance;
        this.workers = workers;
        this.launcher = launcher;
        this.wake = wake;
        this.times = times;
        this.ids = ids;
        this.errors = new AcceptErrors(log);
        this.poll = new PollSet(listeners.size() + OTHERS);
    }

    /** Accepts until a stop is requested. Blocks; the request's wake unblocks it. */
    void run(StopRequest stop, ReloadRequest reload) throws ErrnoException {
        while (!stop.isRequested()) {
            gate.progress();
            poll.clear();
            poll.add(wake.readEnd());
            watchLauncher();
            entrance.watch(poll);
            int first = poll.size();
            watchListeners();
            // A slot that is freed after the gate was found shut has left its byte in the pipe, and poll returns at
            // once.
            poll.await(limit());
            wake.drain();
            if (reload.take()) {
                launcher.reload();
                gate.reload();
            }
            entrance.progress(poll);
            // The clients wait; nobody waits for what the launcher reads. It reads in any case: while it lets a worker
            // work, its descriptors are not polled.
            for (int i = 0; i < watched.size(); i++) {
                if (poll.isReady(first + i)) {
                    accept(watched.get(i));
                }
            }
            launcher.progress();
            // After the reports: who has reported the end of a connection is not signalled for it, but may serve the
            // next.
            times.enforce(workers::signalGroup, System.nanoTime());
        }
    }

    /**
     * Waits until every admitted connection has its worker, or none; the loop has ended.
     *
     * @param stop a second request ends this as well
     */
    void finish(StopRequest stop) throws ErrnoException {
        entrance.close();
        while (workers.starting() > 0 && !stop.isImmediate()) {
            poll.clear();
            poll.add(wake.readEnd());
            watchLauncher();
            poll.await(launcher.nextLook().orElse(null));
            wake.drain();
            launcher.progress();
        }
    }

    /** How long poll may sleep at the most; null for as long as nothing happens. */
    private Duration limit() {
        return NextLook.first(
                        Optional.ofNullable(errors.pause()),
                        launcher.nextLook(),
                        gate.nextLook(),
                        entrance.nextLook(),
                        times.nextLook(System.nanoTime()))
                .orElse(null);
    }

    private void watchLauncher() {
        for (Fd event : launcher.events()) {
            poll.add(event);
        }
    }

    private void watchListeners() {
        watched.clear();
        boolean pausing = errors.isPausing();
        for (int i = 0; !pausing && i < listeners.size(); i++) {
            Listener listener = listeners.get(i);
            if (entrance.isOpen(listener.isProxied())) {
                poll.add(listener.socket());
                watched.add(listener);
            }
        }
    }

    private void accept(Listener listener) throws ErrnoException {
        for (int i = 0; i < BATCH && entrance.isOpen(listener.isProxied()); i++) {
            Optional<AcceptedConnection> connection;
            try {
                connection = listener.accept();
            } catch (ErrnoException e) {
                errors.handle(e);
                return;
            }
            if (connection.isEmpty()) {
                return;
            }
            entrance.enter(incoming(connection.get(), listener), listener.isProxied());
        }
    }

    private Incoming incoming(AcceptedConnection accepted, Listener listener) {
        return new Incoming(
                ids.incrementAndGet(),
                accepted.socket(),
                accepted.peer(),
                listener.local(),
                listener.name(),
                System.nanoTime());
    }
}
