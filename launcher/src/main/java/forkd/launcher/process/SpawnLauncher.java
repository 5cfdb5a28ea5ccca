package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.SpawnRequest;
import forkd.posix.Spawner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Model spawn: a program for every connection, started as posix_spawn(3) does. */
public final class SpawnLauncher implements WorkerLauncher {
    /** More than that do not get to their programs sooner. */
    private static final int MAX_BEGUN = 16;

    private final WorkerProgram program;
    private final WorkerEnvironment environment;
    private final Confiner confiner;
    private WorkerDescriptors descriptors;
    private LaunchListener listener;
    /** Those that are on the way to their program. */
    private final Deque<Launch> begun = new ArrayDeque<>();

    private final Spawner spawner = new Spawner();

    private record Launch(Incoming connection, Spawner.Begun child) {}

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
        try {
            begun.add(new Launch(connection, spawner.begin(request(connection))));
            if (begun.size() > MAX_BEGUN) {
                finish(begun.remove());
            }
        } catch (ErrnoException e) {
            listener.failed(connection, e);
        }
    }

    private SpawnRequest request(Incoming connection) throws ErrnoException {
        List<String> variables = environment.of(connection);
        variables.addAll(descriptors.variables());
        return new SpawnRequest(
                program.path(), program.argv(connection), variables, descriptors.of(connection), confiner.ofWorker());
    }

    @Override
    public List<Fd> events() {
        return List.of();
    }

    @Override
    public void progress() {
        for (Launch next = begun.poll(); next != null; next = begun.poll()) {
            finish(next);
        }
    }

    private void finish(Launch launch) {
        int pid;
        try {
            pid = launch.child.finish();
        } catch (ErrnoException e) {
            listener.failed(launch.connection, e);
            return;
        }
        listener.started(launch.connection, pid);
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
        return begun.isEmpty() ? Optional.empty() : Optional.of(Duration.ZERO);
    }

    @Override
    public void close() {
        if (descriptors != null) {
            descriptors.close();
        }
    }
}
