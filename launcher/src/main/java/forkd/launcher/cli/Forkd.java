package forkd.launcher.cli;

import forkd.launcher.config.ConfigException;
import forkd.launcher.freeze.FreezeException;
import forkd.launcher.server.ListenException;
import forkd.launcher.server.ServiceException;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The {@code forkd} command. */
@Command(
        name = "forkd",
        description = {
            "A process for every connection: listens, accepts, and gives each connection to a worker process of its own,"
                    + " which talks with the client and exits."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by a signal, or done",
            "1:a check found something wrong, or forkd itself failed",
            "2:the command line names something that cannot be used",
            "111:a system call failed; the message names it"
        },
        footer = {"", "To begin with: forkd serve, and in a second terminal: nc 127.0.0.1 7000"})
public final class Forkd {
    /** In the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            ServeCommand.class, CheckCommand.class, RulesCommand.class, DoctorCommand.class, ArchiveCommand.class);

    private Forkd() {}

    /** The whole process: what it returns with is one of {@link ExitCode}. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(name(ServeCommand.class))) {
            Posix.loadAhead(); // it will need it, and there may be a second processor
        }
        System.exit(run(args));
    }

    static int run(String... args) {
        return commandLine(args).execute(args);
    }

    /**
     * For these arguments: where the first is a command, without the others. The options of a command are read by reflection, which
     * would take longer for those that nobody has asked for than all else that a command line costs.
     */
    static CommandLine commandLine(String... args) {
        CommandLine forkd = new CommandLine(new Forkd());
        Optional<Class<?>> asked = args.length == 0
                ? Optional.empty()
                : COMMANDS.stream()
                        .filter(command -> name(command).equals(args[0]))
                        .findFirst();
        for (Class<?> command : asked.isPresent() ? List.<Class<?>>of(asked.get()) : COMMANDS) {
            forkd.addSubcommand(command);
        }
        if (asked.isEmpty()) {
            forkd.addSubcommand(HelpCommand.class);
        }
        configured(forkd)
                .setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(32)
                .setParameterExceptionHandler((e, parsed) -> usageError(e))
                .setExecutionExceptionHandler((e, commandLine, parsed) -> failure(e, commandLine));
        // What stands behind a command of the user's is the command's; here there is none.
        Optional.ofNullable(forkd.getSubcommands().get(name(RulesCommand.class)))
                .ifPresent(rules -> rules.setStopAtPositional(false));
        return forkd;
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** How every command line is read, also that which a config file stands for. */
    static CommandLine configured(CommandLine commandLine) {
        return commandLine
                .setStopAtPositional(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
    }

    private static int usageError(ParameterException e) {
        CommandLine commandLine = e.getCommandLine();
        PrintWriter err = commandLine.getErr();
        err.println("forkd: " + e.getMessage());
        err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help' for more.");
        return ExitCode.USAGE.code();
    }

    /** A failure that has a name gets its line; anything else is a bug of ours and shows where it happened. */
    private static int failure(Exception e, CommandLine commandLine) throws Exception {
        if (e instanceof IOException failure) {
            return named(failure, commandLine);
        }
        throw e;
    }

    /** The same for what was thrown on another thread, and not to the command. @return the exit code */
    static int report(Throwable why, CommandLine commandLine) {
        if (why instanceof UncheckedIOException e) {
            return named(e.getCause(), commandLine);
        }
        why.printStackTrace(commandLine.getErr());
        return ExitCode.FAILED.code();
    }

    private static int named(IOException failure, CommandLine commandLine) {
        commandLine.getErr().println("forkd: " + line(failure));
        return ExitCode.of(failure).code();
    }

    private static String line(IOException e) {
        if (e instanceof ServiceException several) {
            return "service " + several.service() + ": " + line(several.failure());
        }
        boolean ours = e instanceof ErrnoException
                || e instanceof ConfigException
                || e instanceof FreezeException
                || e instanceof ListenException;
        return ours ? e.getMessage() : e.toString();
    }
}
