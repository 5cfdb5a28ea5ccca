package forkd.launcher.cli;

import forkd.launcher.config.ConfigException;
import forkd.launcher.process.Confiner;
import forkd.launcher.process.PoolPolicy;
import forkd.launcher.process.SpawnLauncher;
import forkd.launcher.process.StemPolicy;
import forkd.launcher.process.WorkerEnvironment;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerProgram;
import forkd.launcher.server.EventLog;
import forkd.launcher.server.ListenException;
import forkd.launcher.server.ServedService;
import forkd.launcher.server.Server;
import forkd.launcher.server.ServerConfig;
import forkd.launcher.server.Service;
import forkd.launcher.server.ServiceException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forkd serve}: the server itself. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Listens, and gives every connection to a worker process of its own.",
            "",
            "The worker has the connection as its standard input and output, and exits when it is done."
                    + " It runs either a Java handler (--handler) or any program (-- COMMAND)."
                    + " Events are written to standard error, one line each.",
            "",
            "TIME is a number with ms, s, m or h behind it, at most " + DurationConverter.MOST
                    + " (a year); of a number alone, seconds."
                    + " A number of bytes may have K, M or G behind it, and is at most " + ByteSizeConverter.MOST + ".",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  forkd serve                                 echo on 127.0.0.1:7000",
            "  forkd serve -l '*:7000' -l unix:/tmp/echo   IPv4, IPv6 and a Unix socket",
            "  forkd serve --handler com.example.Hello --classpath target/classes",
            "  forkd serve -l 127.0.0.1:7001 -- /bin/cat   any program, as under inetd"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or SIGINT",
            "1:forkd itself failed",
            "2:an option names something that cannot be used",
            "111:a system call failed: an address cannot be bound, a command cannot be executed"
        })
class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "A file in TOML that has these options as keys, by their long names, and may have several services:"
                        + " [service.NAME]. What stands on the command line, too, counts more. 'forkd check' checks it.",
                "Default: none."
            })
    private Path config;

    @Mixin
    private ListenerOptions listeners;

    @Mixin
    private PrivilegeOptions privileges = new PrivilegeOptions();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            defaultValue = "auto",
            description = {
                "Where worker processes come from. fork: a copy of a running, warmed JVM (Java handlers)."
                        + " pool: a JVM that was started ahead."
                        + " spawn: a new program, or a fresh JVM, for each connection."
                        + " auto: fork for handlers where this machine can ('forkd doctor' tells), else pool;"
                        + " spawn for commands.",
                "Default: ${DEFAULT-VALUE}."
            })
    private Model model;

    @Mixin
    private HandlerOptions handler;

    @Mixin
    private LimitOptions limits;

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "30s",
            description = {
                "How long workers may finish after SIGTERM or SIGINT (500ms, 30s, 5m). Then they get SIGTERM, and after 5 more"
                        + " seconds SIGKILL. A second signal to forkd kills them at once. Default: ${DEFAULT-VALUE}."
            })
    private Duration drainTimeout;

    @Mixin
    private WarmUpOptions warmUp;

    @Mixin
    private PoolOptions pool;

    @Mixin
    private StemOptions stem;

    @Mixin
    private AccessOptions access;

    @Mixin
    private EnvironmentOptions environment;

    @Mixin
    private WorkerOptions worker;

    @Parameters(
            paramLabel = "-- COMMAND ARG",
            arity = "0..*",
            description = "A program to execute for each connection, instead of a handler.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws IOException {
        EventLog log = new EventLog(new FileOutputStream(FileDescriptor.err));
        try {
            new Server(services(), log, why -> Forkd.report(why, spec.commandLine())).run();
        } catch (ListenException | ServiceException | ConfigException e) {
            if (ExitCode.of(e) == ExitCode.USAGE) {
                throw Usage.error(spec, e.getMessage());
            }
            throw e;
        }
        return ExitCode.OK.code();
    }

    private List<ServedService> services() throws IOException {
        return config == null
                ? List.of(prepare(Optional.empty()))
                : configured(config).prepare();
    }

    /** The services of a file, with the options of this command line. */
    final ConfiguredServices configured(Path file) throws ConfigException {
        return new ConfiguredServices(file, commandLine().getParseResult());
    }

    final Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    final CommandLine commandLine() {
        return spec.commandLine();
    }

    /**
     * What these options say, checked as far as it can be without listening.
     *
     * @param serviceName where there are several services
     */
    final ServedService prepare(Optional<String> serviceName) throws IOException {
        ServerConfig server = new ServerConfig(
                listeners.listen(),
                listeners.backlog(),
                listeners.proxy(),
                limits.limits(),
                limits.times(),
                access.access(),
                drainTimeout,
                worker.leftovers());
        StemPolicy stems = stem.policy();
        PoolPolicy spares = pool.policy();
        pool.checkFor(model);
        WorkerEnvironment variables = environment.environment(System.getenv(), serviceName);
        Service service = command.isEmpty() ? handlerService(variables, stems, spares) : commandService(variables);
        return new ServedService(serviceName, server, service);
    }

    /** What they amount to. To be called when they have been prepared. */
    final EffectiveValues effective() {
        EffectiveValues values = new EffectiveValues();
        listeners.effective(values);
        privileges.effective(values);
        limits.effective(values);
        pool.effective(values);
        if (command.isEmpty()) {
            handler.effective(values);
            warmUp.effective(values, model, handler.served().name());
        } else {
            values.put("model", Model.SPAWN);
        }
        return values;
    }

    private Service commandService(WorkerEnvironment variables) throws IOException {
        conflicts().checkForCommand(command.get(0));
        WorkerProgram program = worker.program(command, System.getenv("PATH"), privileges.root());
        Confiner confiner = privileges.prepare(WorkerFiles.ofCommand(program.executables()));
        return service(new SpawnLauncher(program, variables, confiner), program.kind(), program.name());
    }

    private Service handlerService(WorkerEnvironment variables, StemPolicy stems, PoolPolicy spares)
            throws IOException {
        ServedHandler served = handler.find();
        conflicts().checkForHandler(served);
        Confiner confiner = privileges.prepare(WorkerFiles.ofHandler(served.classPath(), warmUp.files()));
        HandlerLaunchers launchers = new HandlerLaunchers(
                served, warmUp.plan(served.name()), warmUp.poolPlan(), stems, spares, variables, confiner);
        return service(launchers.of(model), served.kind(), served.label());
    }

    private OptionConflicts conflicts() {
        return new OptionConflicts(spec, model, handler, worker.style(), privileges.root());
    }

    /** To be called when the privileges have been prepared. */
    private Service service(WorkerLauncher launcher, String kind, String name) {
        return new Service(launcher, kind, name, worker.stderr(), privileges.user(), privileges.warnings());
    }
}
