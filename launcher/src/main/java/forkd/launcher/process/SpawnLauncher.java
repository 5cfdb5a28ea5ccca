package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Inherited;
import forkd.posix.Posix;
import forkd.posix.SpawnRequest;
import forkd.worker.WorkerContract;
import java.util.List;
import java.util.Map;

/** Model spawn: posix_spawn(3) of a program for every connection. */
public final class SpawnLauncher implements WorkerLauncher {
    private final WorkerProgram program;
    private final WorkerEnvironment environment;

    /** @param ownEnvironment the launcher's environment, of which workers get a little */
    public SpawnLauncher(WorkerProgram program, Map<String, String> ownEnvironment) {
        this.program = program;
        this.environment = new WorkerEnvironment(ownEnvironment);
    }

    @Override
    public int launch(Incoming connection) throws ErrnoException {
        return Posix.spawn(new SpawnRequest(
                program.path(),
                program.argv(connection),
                environment.of(connection),
                List.of(
                        new Inherited(connection.socket(), WorkerContract.CONNECTION_IN),
                        new Inherited(connection.socket(), WorkerContract.CONNECTION_OUT))));
    }
}
