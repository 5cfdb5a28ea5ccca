package forkd.launcher.server;

import forkd.launcher.process.Incoming;
import forkd.launcher.process.Worker;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerTable;
import forkd.posix.AcceptedConnection;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PollSet;
import java.util.List;
import java.util.Optional;

/**
 * The note's loop: accept, give the connection to a process, close the own copy, accept again. It runs on one thread and
 * knows neither where processes come from nor what becomes of them. While there is no room for another worker the
 * listeners are not polled: the connections wait in the kernel's backlog.
 */
final class AcceptLoop {
    /** After so many connections of one listener the others are looked at. */
    private static final int BATCH = 16;

    private final List<Listener> listeners;
    private final WorkerTable workers;
    private final WorkerLauncher launcher;
    private final WakePipe wake;
    private final EventLog log;
    private final AcceptErrors errors;
    private final PollSet poll;
    private long connections;

    AcceptLoop(List<Listener> listeners, WorkerTable workers, WorkerLauncher launcher, WakePipe wake, EventLog log) {
        this.listeners = listeners;
        this.workers = workers;
        this.launcher = launcher;
        this.wake = wake;
        this.log = log;
        this.errors = new AcceptErrors(log);
        this.poll = new PollSet(listeners.size() + 1);
    }

    /** Accepts until a stop is requested. Blocks; the request's wake unblocks it. */
    void run(StopRequest stop) throws ErrnoException {
        while (!stop.isRequested()) {
            boolean accepting = workers.hasRoom() && !errors.isPausing();
            poll.clear();
            poll.add(wake.readEnd());
            if (accepting) {
                listeners.forEach(listener -> poll.add(listener.socket()));
            }
            // A slot that is freed between hasRoom and here has left its byte in the pipe, and poll returns at once.
            poll.await(errors.pause());
            wake.drain();
            for (int i = 0; accepting && i < listeners.size(); i++) {
                if (poll.isReady(i + 1)) {
                    accept(listeners.get(i));
                }
            }
        }
    }

    private void accept(Listener listener) throws ErrnoException {
        for (int i = 0; i < BATCH && workers.hasRoom(); i++) {
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
            handOver(connection.get(), listener);
        }
    }

    /** The slot first, then the process, then its pid. The launcher's copy of the connection closes on every path. */
    private void handOver(AcceptedConnection connection, Listener listener) {
        long id = ++connections;
        long start = System.nanoTime();
        try (Fd socket = connection.socket()) {
            workers.reserve();
            int pid = launcher.launch(new Incoming(id, socket, connection.peer(), listener.name()));
            log.accept(id, connection.peer(), pid, workers.taken(), workers.maximum());
            workers.publish(new Worker(pid, id, start));
        } catch (ErrnoException e) {
            workers.cancel();
            log.reject(id, connection.peer(), "start", e);
        }
    }
}
