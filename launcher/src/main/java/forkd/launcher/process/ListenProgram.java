package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.worker.WorkerContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program that finds its connection as sd_listen_fds(3) says. That function wants the program's own pid in LISTEN_PID, and
 * posix_spawn(3) tells it only when the environment has been handed over: so a shell comes first, which knows its pid, sets
 * the variable, and becomes the program.
 */
public final class ListenProgram implements WorkerProgram {
    private static final String SHELL = "/bin/sh";
    /** What shells add to the environment is taken out again. */
    private static final String SCRIPT =
            "export " + WorkerContract.LISTEN_PID + "=$$; unset PWD OLDPWD SHLVL; exec \"$@\"";

    private final CommandProgram program;

    /**
     * The program by way of the shell.
     *
     * @param root the root directory that it will have
     * @throws ErrnoException where there is no shell
     */
    public ListenProgram(CommandProgram program, Optional<String> root) throws ErrnoException {
        this.program = program;
        Posix.checkExecutable(Path.of(root.orElse("") + SHELL));
    }

    @Override
    public String path() {
        return SHELL;
    }

    @Override
    public List<String> argv(Incoming connection) {
        List<String> command = program.argv(connection);
        List<String> argv = new ArrayList<>(List.of(SHELL, "-c", SCRIPT, SHELL, program.path()));
        argv.addAll(command.subList(1, command.size()));
        return argv;
    }

    @Override
    public DescriptorStyle style() {
        return DescriptorStyle.LISTEN;
    }

    @Override
    public List<String> executables() {
        return List.of(SHELL, program.path());
    }

    @Override
    public String kind() {
        return program.kind();
    }

    @Override
    public String name() {
        return program.name();
    }
}
