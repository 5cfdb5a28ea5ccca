package forkd.launcher.process;

import forkd.launcher.freeze.ChildWatch;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Gives every worker of another launcher a descriptor 2 that leads into the event log. */
public final class LoggingLauncher implements WorkerLauncher {
    private final WorkerLauncher launcher;
    private final WorkerLogs logs;
    private LaunchListener listener;

    /** @param logs stays its owner's, who is told of the ends of workers by somebody else */
    public LoggingLauncher(WorkerLauncher launcher, WorkerLogs logs) {
        this.launcher = launcher;
        this.logs = logs;
    }

    @Override
    public void start(LaunchListener toTell) throws IOException {
        listener = toTell;
        launcher.start(new Told());
    }

    @Override
    public boolean hasRoom() {
        return launcher.hasRoom();
    }

    @Override
    public void launch(Incoming connection) {
        Fd log;
        try {
            log = logs.open(connection.id());
        } catch (ErrnoException e) {
            listener.failed(connection, e);
            return;
        }
        launcher.launch(connection.withLog(log));
        logs.prepare(); // now, when this connection no longer waits for it
    }

    @Override
    public List<Fd> events() {
        return launcher.events();
    }

    @Override
    public void progress() {
        launcher.progress();
    }

    @Override
    public String model() {
        return launcher.model();
    }

    @Override
    public void reload() {
        launcher.reload();
    }

    @Override
    public Optional<Duration> nextLook() {
        return launcher.nextLook();
    }

    @Override
    public void close() {
        launcher.close();
    }

    /** What the launcher tells passes through here. */
    private final class Told implements LaunchListener {
        @Override
        public void started(Incoming connection, int pid) {
            listener.started(connection, pid); // its lines come after its accept
            logs.started(connection.id(), pid);
        }

        @Override
        public void failed(Incoming connection, ErrnoException why) {
            logs.failed(connection.id());
            listener.failed(connection, why);
        }

        @Override
        public void warn(String message) {
            listener.warn(message);
        }

        @Override
        public void stem(int pid, String reason, double seconds) {
            listener.stem(pid, reason, seconds);
        }

        @Override
        public void wake() {
            listener.wake();
        }

        @Override
        public ChildWatch children() {
            return listener.children();
        }
    }
}
