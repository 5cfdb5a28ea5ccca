package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SpawnRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Model spawn: a program for every connection, started as posix_spawn(3) does. */
public final class SpawnLauncher implements WorkerLauncher {
    private final WorkerProgram program;
    private final WorkerEnvironment environment;
    private final Confiner confiner;
    private WorkerDescriptors descriptors;
    private LaunchListener listener;

    public SpawnLauncher(WorkerProgram program, WorkerEnvironment environment, Confiner confiner) {
        this.program = program;
        this.environment = environment;
        this.confiner = confiner;
    }

    @Override
    public void start(LaunchListener toTell) throws ErrnoException {
        listener = toTell;
        descriptors = new WorkerDescriptors(program.style());
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
        List<String> variables = environment.of(connection);
        variables.addAll(descriptors.variables());
        return Posix.spawn(new SpawnRequest(
                program.path(), program.argv(connection), variables, descriptors.of(connection), confiner.ofWorker()));
    }

    @Override
    public List<Fd> events() {
        return List.of();
    }

    @Override
    public void progress() {
        // the program has been executed when launch returns
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
        if (descriptors != null) {
            descriptors.close();
        }
    }
}
