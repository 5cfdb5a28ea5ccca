package forkd.launcher.cli;

import forkd.launcher.config.ConfigException;
import forkd.launcher.freeze.ForkSupport;
import forkd.launcher.process.CommandProgram;
import forkd.launcher.process.Confiner;
import forkd.launcher.process.DescriptorStyle;
import forkd.launcher.process.FallbackLauncher;
import forkd.launcher.process.ForkLauncher;
import forkd.launcher.process.HandlerProgram;
import forkd.launcher.process.ListenProgram;
import forkd.launcher.process.PoolJvm;
import forkd.launcher.process.PoolLauncher;
import forkd.launcher.process.PoolPolicy;
import forkd.launcher.process.SpawnLauncher;
import forkd.launcher.process.WarmUpPlan;
import forkd.launcher.process.WorkerEnvironment;
import forkd.launcher.process.WorkerJvm;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerProgram;
import forkd.launcher.process.ZygoteJvm;
import forkd.launcher.server.EventLog;
import forkd.launcher.server.ListenException;
import forkd.launcher.server.ServedService;
import forkd.launcher.server.Server;
import forkd.launcher.server.ServerConfig;
import forkd.launcher.server.Service;
import forkd.posix.ErrnoException;
import forkd.worker.HandlerException;
import forkd.worker.Handlers;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
    /** Enough for the paths of a small handler to be compiled. */
    private static final int BUILT_IN_WARM_UPS = 50;

    @Spec
    private CommandSpec spec;

    private Optional<String> name = Optional.empty();

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

    @Option(
            names = "--handler",
            paramLabel = "NAME|CLASS",
            description = {
                "The Java handler: " + Handlers.BUILT_IN
                        + ", or a class that implements forkd.worker.ConnectionHandler.",
                "Default: echo."
            })
    private String handler;

    @Option(
            names = "--main",
            paramLabel = "CLASS",
            description =
                    "Instead of a handler: any program's main(String[]), once for each connection, with System.in and"
                            + " System.out bound to it. System.exit ends the worker with that status.")
    private String mainClass;

    @Option(
            names = {"--classpath", "-cp"},
            paramLabel = "PATH",
            split = ":",
            description = "The jars and folders of the handler, separated by colons.")
    private List<Path> classPath = List.of();

    @Option(
            names = {"-J", "--java-option"},
            paramLabel = "OPTION",
            description = "An option for the JVM of each worker, such as -Xmx64m. May be given several times.")
    private List<String> javaOptions = List.of();

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

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = {
                "Models fork and pool: how many connections the handler handles before it is copied, so that every worker is warm.",
                "Default: 50 for the built-in handlers, 0 for others, whose warmUp() is called in any case."
            })
    private Integer warmUp;

    @Option(
            names = "--warm-up-input",
            paramLabel = "FILE",
            description = "What the client of each warm-up connection sends. Default: the line 'warm-up'.")
    private Path warmUpInput;

    @Option(
            names = "--pool-min-spare",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Model pool: how many JVMs wait, started ahead; fewer are filled up. Default: ${DEFAULT-VALUE}.")
    private int poolMinSpare;

    @Option(
            names = "--pool-max-spare",
            paramLabel = "N",
            defaultValue = "6",
            description = "Model pool: how many JVMs may wait; more are ended. Default: ${DEFAULT-VALUE}.")
    private int poolMaxSpare;

    @Mixin
    private StemOptions stem;

    @Mixin
    private AccessOptions access;

    @Mixin
    private EnvironmentOptions environment;

    @Mixin
    private WorkerOptions worker;

    private WorkerEnvironment workerEnvironment;

    @Parameters(
            paramLabel = "-- COMMAND ARG",
            arity = "0..*",
            description = "A program to execute for each connection, instead of a handler.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws IOException {
        EventLog log = new EventLog(new FileOutputStream(FileDescriptor.err));
        try {
            new Server(services(), log).run();
        } catch (ListenException | ConfigException e) {
            throw usage(e.getMessage());
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
        name = serviceName;
        checkNumber("--backlog", listeners.backlog());
        checkNumber("--stem-max-forks", stem.maxForks());
        checkNumber("--pool-min-spare", poolMinSpare);
        checkNumber("--pool-max-spare", poolMaxSpare);
        ServerConfig server = new ServerConfig(
                listeners.listen(),
                listeners.backlog(),
                listeners.proxy(),
                limits.limits(),
                limits.times(),
                access.access(),
                drainTimeout);
        return new ServedService(serviceName, server, service());
    }

    private Service service() throws IOException {
        workerEnvironment = environment.environment(System.getenv(), name);
        if (!command.isEmpty()) {
            if (model == Model.FORK || model == Model.POOL) {
                throw usage("--model " + model + " is for Java handlers, and a command was given: " + command.get(0));
            }
            WorkerProgram program = commandProgram();
            Confiner confiner = privileges.prepare(WorkerFiles.ofCommand(program.executables()));
            return new Service(
                    new SpawnLauncher(program, workerEnvironment, confiner),
                    program.kind(),
                    program.name(),
                    worker.stderr(),
                    privileges.warnings());
        }
        if (handler != null && mainClass != null) {
            throw usage("--handler and --main exclude each other");
        }
        if (worker.style() == DescriptorStyle.LISTEN) {
            throw usage("--descriptor listen is for commands: a handler is given its Connection");
        }
        List<Path> absolute = checkHandler();
        checkJavaOptions();
        if (privileges.root().isPresent()) {
            throw usage(
                    "--chroot is for commands: a handler's JVM loads parts of its JDK while it runs; see --sandbox-read");
        }
        Confiner confiner = privileges.prepare(WorkerFiles.ofHandler(absolute, Optional.ofNullable(warmUpInput)));
        Supplier<WorkerLauncher> fork = () -> fork(absolute, confiner);
        Supplier<WorkerLauncher> pool = () -> pool(absolute, confiner);
        WorkerLauncher launcher = switch (model) {
            case AUTO -> new FallbackLauncher(ForkSupport.objection(javaOptions), fork, pool);
            case FORK -> forkOrFail(fork);
            case SPAWN ->
                new SpawnLauncher(
                        new HandlerProgram(
                                WorkerJvm.of(absolute, Archives.folder(), confiner.javaOptions(javaOptions)),
                                handlerName()),
                        workerEnvironment,
                        confiner);
            case POOL -> pool.get();
        };
        return new Service(
                launcher,
                mainClass == null ? "handler" : "main",
                mainClass == null ? handlerName() : mainClass,
                worker.stderr(),
                privileges.warnings());
    }

    private WorkerLauncher forkOrFail(Supplier<WorkerLauncher> fork) {
        Optional<String> objection = ForkSupport.objection(javaOptions);
        if (objection.isPresent()) {
            throw usage("--model fork cannot be used: " + objection.get());
        }
        return fork.get();
    }

    private WorkerLauncher fork(List<Path> absolute, Confiner confiner) {
        String name = handlerName();
        return new ForkLauncher(
                ZygoteJvm.command(name, warmUpPlan(), absolute, confiner.javaOptions(javaOptions), workerEnvironment),
                name,
                workerEnvironment,
                stem.policy(),
                confiner);
    }

    private WorkerLauncher pool(List<Path> absolute, Confiner confiner) {
        String name = handlerName();
        return new PoolLauncher(
                PoolJvm.command(name, warmUpPlan(), absolute, confiner.javaOptions(javaOptions), workerEnvironment),
                name,
                workerEnvironment,
                new PoolPolicy(poolMinSpare, Math.max(poolMinSpare, poolMaxSpare)),
                confiner);
    }

    private WarmUpPlan warmUpPlan() {
        String name = handlerName();
        int runs = warmUp != null ? warmUp : Handlers.isBuiltIn(name) ? BUILT_IN_WARM_UPS : 0;
        return new WarmUpPlan(runs, Optional.ofNullable(warmUpInput));
    }

    /** A JVM that refuses its options would be found by every single worker. */
    private void checkJavaOptions() throws IOException {
        if (!javaOptions.isEmpty()) {
            Optional<String> refusal = WorkerJvm.refusal(javaOptions);
            if (refusal.isPresent()) {
                throw usage("--java-option: the JVM refuses it: " + refusal.get());
            }
        }
    }

    private String handlerName() {
        if (mainClass != null) {
            return Handlers.MAIN_PREFIX + mainClass;
        }
        return handler == null ? "echo" : handler;
    }

    private WorkerProgram commandProgram() throws ErrnoException {
        if (handler != null || mainClass != null || !classPath.isEmpty() || !javaOptions.isEmpty()) {
            throw usage(
                    "--handler, --main, --classpath and --java-option are for Java handlers, and a command was given: "
                            + command.get(0));
        }
        CommandProgram program = new CommandProgram(command, System.getenv("PATH"), privileges.root());
        return worker.style() == DescriptorStyle.LISTEN ? new ListenProgram(program, privileges.root()) : program;
    }

    /** The user's class path, in which the handler has been found. */
    private List<Path> checkHandler() {
        List<URL> urls = new ArrayList<>();
        List<Path> absolute = new ArrayList<>();
        for (Path entry : classPath) {
            if (!Files.isReadable(entry)) {
                throw usage("--classpath: " + entry + " cannot be read");
            }
            absolute.add(entry.toAbsolutePath());
            urls.add(url(entry));
        }
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), Handlers.class.getClassLoader())) {
            Handlers.find(handlerName(), loader);
        } catch (HandlerException e) {
            throw usage(e.getMessage());
        } catch (IOException e) {
            throw usage("--classpath: " + e.getMessage());
        }
        return absolute;
    }

    private URL url(Path entry) {
        try {
            return entry.toUri().toURL();
        } catch (MalformedURLException e) {
            throw usage("--classpath: " + e.getMessage());
        }
    }

    private void checkNumber(String option, int value) {
        if (value < 1) {
            throw usage(option + " is at least 1, not " + value);
        }
    }

    private ParameterException usage(String message) {
        CommandLine commandLine = spec.commandLine();
        return new ParameterException(commandLine, message);
    }
}
