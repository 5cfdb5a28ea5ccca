package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The command line, up to where a server would start. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForkdTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void anUnknownOptionIsAUsageError() {
        assertEquals(2, run("serve", "--nonsense"));

        assertEquals(usageError("Unknown option: '--nonsense'", "forkd serve"), err.toString());
    }

    @Test
    void anUnknownCommandIsAUsageError() {
        assertEquals(2, run("sevre"));

        assertTrue(err.toString().contains("sevre"), err.toString());
    }

    @Test
    void noCommandIsAUsageError() {
        assertEquals(2, run());

        assertEquals(usageError("Missing required subcommand", "forkd"), err.toString());
    }

    @Test
    void aBadAddressIsAUsageErrorThatNamesIt() {
        assertEquals(2, run("serve", "-l", "127.0.0.1:http"));

        String message = err.toString();
        assertTrue(message.contains("bad address '127.0.0.1:http': 'http' is not a port"), message);
        assertEquals(2, message.lines().count(), message);
    }

    @Test
    void anUnknownHandlerIsAUsageErrorThatNamesIt() {
        assertEquals(2, run("serve", "--handler", "ecko"));

        assertTrue(err.toString().startsWith("forkd: unknown handler ecko: neither one of echo, "), err.toString());
    }

    @Test
    void aClassThatIsNoHandlerIsAUsageError() {
        assertEquals(2, run("serve", "--handler", "java.lang.String"));

        assertEquals(
                usageError("handler java.lang.String does not implement forkd.worker.ConnectionHandler", "forkd serve"),
                err.toString());
    }

    @Test
    void aClassPathThatCannotBeReadIsAUsageError() {
        String missing = folder.resolve("missing.jar").toString();

        assertEquals(2, run("serve", "--handler", "com.example.Hello", "--classpath", missing));

        assertEquals(usageError("--classpath: " + missing + " cannot be read", "forkd serve"), err.toString());
    }

    @Test
    void aModelForHandlersDoesNotGoWithACommand() {
        assertEquals(2, run("serve", "-m", "pool", "--", "/bin/cat"));

        assertEquals(
                usageError("--model pool is for Java handlers, and a command was given: /bin/cat", "forkd serve"),
                err.toString());
    }

    @Test
    void anUnknownModelNamesTheModels() {
        assertEquals(2, run("serve", "--model", "thread"));

        assertTrue(err.toString().toLowerCase(Locale.ROOT).contains("[auto, fork, pool, spawn]"), err.toString());
    }

    @ParameterizedTest
    @CsvSource({"--backlog, 0", "--backlog, -1", "--stem-max-forks, 0"})
    void aNumberBelowOneIsAUsageError(String option, String value) {
        assertEquals(2, run("serve", option, value));

        assertEquals(usageError(option + " is at least 1, not " + value, "forkd serve"), err.toString());
    }

    @ParameterizedTest
    @CsvSource({"--backlog, many", "--max-connections, 1.5", "--max-connections, 0", "--drain-timeout, soon"})
    void aValueThatIsNoneIsAUsageErrorThatNamesIt(String option, String value) {
        assertEquals(2, run("serve", option, value));

        assertTrue(err.toString().contains(option) && err.toString().contains(value), err.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--max-lifetime=9999999h | 9999999h | 8760h",
                "--idle-timeout=9999999h | 9999999h | 8760h",
                "--drain-timeout=9999999h | 9999999h | 8760h",
                "--pool-start-timeout=9999999h | 9999999h | 8760h",
                "--proxy-timeout=9999999h | 9999999h | 8760h",
                "--penalty=crash=9999999h | 9999999h | 8760h",
                "--penalty=crash=1s,max=9999999h | 9999999h | 8760h",
                "--memory-max=999999999999999G | 999999999999999G | 1048576G",
                "--rlimit=as=999999999999999G | 999999999999999G | 1048576G",
                "--rlimit=as=1G:1048577G | 1048577G | 1048576G"
            })
    void whatNobodyCouldCountWithIsAUsageErrorThatTellsTheMost(String argument, String value, String most) {
        assertEquals(2, run("check", argument, "--", "/bin/cat"));

        String option = argument.substring(0, argument.indexOf('='));
        assertTrue(err.toString().startsWith("forkd: Invalid value for option '" + option + "'"), err.toString());
        assertTrue(
                err.toString().contains(": '" + value + "' is more than " + most + ", the most that is allowed\n"),
                err.toString());
        assertEquals(2, err.toString().lines().count(), err.toString());
    }

    @ParameterizedTest
    @CsvSource({"--handler, echo", "--classpath, /tmp", "-J, -Xmx64m"})
    void whatIsForHandlersDoesNotGoWithACommand(String option, String value) {
        assertEquals(2, run("serve", option, value, "--", "/bin/cat"));

        assertEquals(
                usageError(
                        "--handler, --main, --classpath and --java-option are for Java handlers, and a command was given: /bin/cat",
                        "forkd serve"),
                err.toString());
    }

    @Test
    void aMissingCommandIsASystemCallThatFailed() {
        String missing = folder.resolve("missing").toString();

        assertEquals(111, run("serve", "--", missing));

        assertEquals("forkd: execute(" + missing + ") failed: ENOENT (No such file or directory)\n", err.toString());
    }

    @Test
    void aCommandThatIsNotExecutableIsASystemCallThatFailed() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "text");

        assertEquals(111, run("serve", "--", plain.toString()));

        assertEquals("forkd: execute(" + plain + ") failed: EACCES (Permission denied)\n", err.toString());
    }

    @Test
    void aPortInUseIsASystemCallThatFailed() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(socket, InetAddr.of(new byte[] {127, 0, 0, 1}, 0));
            Sockets.listen(socket, 1);
            String taken = Sockets.getsockname(socket).toString();

            assertEquals(111, run("serve", "-l", taken));

            assertEquals("forkd: bind(" + taken + ") failed: EADDRINUSE (Address already in use)\n", err.toString());
        }
    }

    @Test
    void anArchiveNeedsTheCommandsFolder() {
        assertEquals(1, run("archive"));

        assertTrue(err.toString().contains("start this with bin/forkd"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void theVersionNamesForkdAndTheVirtualMachine(String option) {
        assertEquals(0, run(option));

        List<String> lines = out.toString().lines().toList();
        assertEquals(2, lines.size(), out.toString());
        assertTrue(lines.get(0).startsWith("forkd "), out.toString());
        assertTrue(lines.get(1).contains(Runtime.version().toString()), out.toString());
    }

    @Test
    void theHelpNamesEveryCommand() {
        assertEquals(0, run("--help"));

        for (String command : Forkd.commandLine().getSubcommands().keySet()) {
            assertTrue(out.toString().contains(command), command);
        }
    }

    /** Only the one that was asked for is read by reflection. */
    @ParameterizedTest
    @ValueSource(strings = {"serve", "check", "rules", "doctor", "archive"})
    void aCommandAloneIsAsItIsAmongAll(String command) {
        CommandLine alone = Forkd.commandLine(command, "--help");

        assertEquals(Set.of(command), alone.getSubcommands().keySet());
        assertEquals(
                Forkd.commandLine().getSubcommands().get(command).getUsageMessage(),
                alone.getSubcommands().get(command).getUsageMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "help", "--help", "serv", "Serve"})
    void whereNoneWasAskedForThereAreAll(String word) {
        assertEquals(
                Forkd.commandLine().getSubcommands().keySet(),
                Forkd.commandLine(word).getSubcommands().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "archive"})
    void theHelpOfACommandNamesEveryOption(String command) {
        assertEquals(0, run(command, "--help"));

        CommandLine commandLine = Forkd.commandLine().getSubcommands().get(command);
        for (OptionSpec option : commandLine.getCommandSpec().options()) {
            for (String name : option.names()) {
                assertTrue(out.toString().contains(name), name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:7000", "echo, discard, daytime, chargen", "111", "--drain-timeout=TIME", "30s"})
    void theHelpOfServeTellsDefaultsNamesAndExitCodes(String text) {
        run("serve", "--help");

        assertTrue(out.toString().contains(text), out.toString());
    }

    @Test
    void theHelpCommandIsTheHelpOption() {
        run("help", "serve");
        String byCommand = out.toString();
        out.getBuffer().setLength(0);

        run("serve", "--help");

        assertEquals(byCommand, out.toString());
    }

    private int run(String... args) {
        return Forkd.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private static String usageError(String message, String command) {
        return "forkd: " + message + "\nTry '" + command + " --help' for more.\n";
    }
}
