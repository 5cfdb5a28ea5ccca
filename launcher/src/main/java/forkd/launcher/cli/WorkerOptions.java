package forkd.launcher.cli;

import forkd.launcher.process.CommandProgram;
import forkd.launcher.process.DescriptorStyle;
import forkd.launcher.process.Leftovers;
import forkd.launcher.process.ListenProgram;
import forkd.launcher.process.WorkerProgram;
import forkd.launcher.process.WorkerStderr;
import forkd.posix.ErrnoException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of {@code serve} that say which descriptors workers get. */
final class WorkerOptions {
    @Option(
            names = "--descriptor",
            paramLabel = "inetd|listen",
            defaultValue = "inetd",
            converter = StyleConverter.class,
            description = {
                "Where a command finds its connection. inetd: on descriptors 0 and 1."
                        + " listen: on 3, with LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES=connection, as under systemd;"
                        + " 0 is /dev/null and 1 the log.",
                "Default: ${DEFAULT-VALUE}."
            })
    private DescriptorStyle style;

    @Option(
            names = "--worker-stderr",
            paramLabel = "log|inherit",
            defaultValue = "log",
            converter = StderrConverter.class,
            description = {
                "Where workers' standard error goes. log: into the event log, line by line, with the connection's id."
                        + " inherit: to forkd's own standard error, as it is.",
                "Default: ${DEFAULT-VALUE}."
            })
    private WorkerStderr stderr;

    @Option(
            names = "--leftovers",
            paramLabel = "keep|kill",
            defaultValue = "keep",
            converter = LeftoversConverter.class,
            description = {
                "What becomes of processes that a worker leaves behind, such as a shell's background jobs."
                        + " keep: they live on, as under inetd and tcpserver."
                        + " kill: those in its process group get SIGKILL when it has ended, as systemd has it."
                        + " A process that has called setsid(2) is out of reach, unless the worker has a cgroup"
                        + " (--memory-max, --pids-max, --cpu-max).",
                "Default: ${DEFAULT-VALUE}."
            })
    private Leftovers leftovers;

    DescriptorStyle style() {
        return style;
    }

    /**
     * The command that each worker executes.
     *
     * @param searchPath as in PATH; null for the default
     * @param root the root directory that it will have
     * @throws ErrnoException where it cannot be executed
     */
    WorkerProgram program(List<String> command, String searchPath, Optional<String> root) throws ErrnoException {
        CommandProgram program = new CommandProgram(command, searchPath, root);
        return switch (style) {
            case INETD -> program;
            case LISTEN -> new ListenProgram(program, root);
        };
    }

    WorkerStderr stderr() {
        return stderr;
    }

    Leftovers leftovers() {
        return leftovers;
    }

    /** The names of {@link DescriptorStyle} in lower case. */
    static final class StyleConverter extends LowerCaseConverter<DescriptorStyle> {
        StyleConverter() {
            super(DescriptorStyle.class);
        }
    }

    /** The names of {@link Leftovers} in lower case. */
    static final class LeftoversConverter extends LowerCaseConverter<Leftovers> {
        LeftoversConverter() {
            super(Leftovers.class);
        }
    }

    /** The names of {@link WorkerStderr} in lower case. */
    static final class StderrConverter extends LowerCaseConverter<WorkerStderr> {
        StderrConverter() {
            super(WorkerStderr.class);
        }
    }
}
