package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.Posix;
import forkd.posix.SpawnRequest;
import forkd.worker.WorkerContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Model spawn: posix_spawn(3) of a program for every connection. */
public final class SpawnLauncher implements WorkerLauncher {
    private final WorkerProgram program;
    private final WorkerEnvironment environment;
    private final Confiner confiner;
    private LaunchListener listener;

    public SpawnLauncher(WorkerProgram program, WorkerEnvironment environment, Confiner confiner) {
        this.program = program;
        this.environment = environment;
        this.confiner = confiner;
    }

    @Override
    public void start(LaunchListener toTell) {
        listener = toTell;
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void launch(Incoming connection) {
        int pid;
        try {
            pid = spawn(connection);
        } catch (ErrnoException e) {
            listener.failed(connection, e);
            return;
        }
        listener.started(connection, pid);
    }

    private int spawn(Incoming connection) throws ErrnoException {
        return Posix.spawn(new SpawnRequest(
                program.path(),
                program.argv(connection),
                environment.of(connection),
                descriptors(connection),
                confiner.ofWorker()));
    }

    private static List<Inherited> descriptors(Incoming connection) {
        List<Inherited> descriptors = new ArrayList<>();
        descriptors.add(new Inherited(connection.socket(), WorkerContract.CONNECTION_IN));
        descriptors.add(new Inherited(connection.socket(), WorkerContract.CONNECTION_OUT));
        if (connection.log() != null) {
            descriptors.add(new Inherited(connection.log(), WorkerContract.LOG));
        }
        return descriptors;
    }

    @Override
    public List<Fd> events() {
        return List.of();
    }

    @Override
    public void progress() {
        // posix_spawn has answered when launch returns
    }

    @Override
    public String model() {
        return "spawn";
    }

    @Override
    public void reload() {
        // every worker is new anyway
    }

    @Override
    public Optional<Duration> nextLook() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // nothing is kept between two connections
    }
}
