package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.posix.Accounts;
import forkd.posix.Posix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class CheckCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void optionsAreShownAsAFile() {
        assertEquals(
                0,
                run("check", "-l", "127.0.0.1:0", "-l", "[::1]:1", "--max-connections", "7", "--", "/bin/cat", "-u"));

        assertTrue(
                out.toString().startsWith("listen = [\"127.0.0.1:0\", \"[::1]:1\"]\nbacklog = 1024  # default\n"),
                out.toString());
        assertTrue(out.toString().contains("\nmax-connections = \"7:queue\"\n"), out.toString());
        assertTrue(out.toString().endsWith("\ncommand = [\"/bin/cat\", \"-u\"]\n"), out.toString());
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-- /bin/cat -u",
                "--allow 10.0.0.0/8,::1 --env A=b\u00a0\"c\" --drain-timeout 2s",
                "--max-connections 7 --max-per-source 2:queue --rate 5/m --max-starting 9 --source-prefix 24,48",
                "--max-per-source none --admin-from 127.0.0.0/8,::1 --admin-from 10.0.0.1",
                "--penalty crash=90s,crash=1500ms --penalty max=1h",
                "--proxy-protocol required",
                "--proxy-protocol off -l 127.0.0.1:0,proxy-protocol=required --proxy-from 10.0.0.0/8 --proxy-timeout 100ms",
                "--model pool --pool-min-spare 9 --connections-per-worker 3 --warm-up 4",
                "--model fork --spares 3 -J-Xmx64m",
                "--model spawn --handler daytime",
                "--main forkd.launcher.cli.Forkd -cp /:/tmp",
                "--sandbox --umask 027 --chdir / --nice 3 --rlimit fsize=1G:2G --rlimit core=0",
                "--sandbox=false --no-new-privileges=false --capabilities-drop=false",
                "--no-new-privileges -- /bin/cat",
            })
    void whatIsShownIsReadAsTheSame(String options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("check"));
        Arrays.stream(options.split(" ", -1)).filter(word -> !word.isEmpty()).forEach(arguments::add);
        assertEquals(0, run(arguments.toArray(String[]::new)), err::toString);
        String first = out.toString();
        out.getBuffer().setLength(0);

        assertEquals(0, run("check", "--config", write(first)), err::toString);

        assertEquals(first.replace("  # default", ""), out.toString());
    }

    @Test
    void whatIsShownOfSeveralServicesIsReadAsTheSame() throws IOException {
        String file = write("""
                max-connections = 9
                [service.a]
                listen = "127.0.0.1:0"
                [service."b.c"]
                listen = "[::1]:0,proxy-protocol=required"
                sandbox = true
                command = ["/bin/cat"]
                """);
        assertEquals(0, run("check", "--config", file), err::toString);
        String first = out.toString();
        out.getBuffer().setLength(0);

        assertEquals(0, run("check", "--config", write(first)), err::toString);

        assertEquals(first.replace("  # default", ""), out.toString());
    }

    /** What no option says by itself. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                " | max-per-source = \"128:close\"  # default",
                "--max-connections 7 | max-per-source = \"4:close\"  # default",
                "--max-per-source 3 | max-per-source = \"3:close\"",
                "--max-per-source none | max-per-source = \"none\"",
                "--rate 5/m | rate = \"5/m,5:queue\"",
                "--max-starting 9 | max-starting = \"9:100:9\"",
                "--admin-from ::1 | admin-slots = 3  # default",
                "--admin-from ::1 --max-connections 3 | admin-slots = 2  # default",
                "--penalty crash=1h | penalty = [\"crash=3600s\", \"min=15s\", \"max=600s\"]",
                "--proxy-protocol required | proxy-from = [\"127.0.0.0/8\", \"::1\"]  # default",
                "--proxy-protocol required | proxy-timeout = \"5s\"  # default",
                "--pool-min-spare 9 | pool-max-spare = 9  # default",
                " | handler = \"echo\"  # default",
                "--model fork | warm-up = 10  # default",
                "--model fork --main forkd.launcher.cli.Forkd | warm-up = 0  # default",
                "--model pool | warm-up = 0  # default",
                " | model = \"auto\"  # default",
                "-- /bin/cat | model = \"spawn\"  # default",
                " | sandbox = false  # default",
                "--sandbox | sandbox = true",
                "--sandbox | no-new-privileges = true  # default",
                "--sandbox | capabilities-drop = false  # default",
                "--sandbox-read / | sandbox = true  # default",
                "--no-new-privileges | no-new-privileges = true",
            })
    void whatHoldsIsShown(String options, String line) {
        List<String> arguments = new ArrayList<>(List.of("check"));
        if (options != null) {
            arguments.addAll(List.of(options.split(" ", -1)));
        }

        assertEquals(0, run(arguments.toArray(String[]::new)), err::toString);

        assertTrue(out.toString().contains("\n" + line + "\n"), out.toString());
    }

    /** It would be refused where it has no effect. */
    @ParameterizedTest
    @ValueSource(strings = {"proxy-from", "proxy-timeout", "admin-slots", "penalty", "rate", "warm-up", "group"})
    void whatDoesNotHoldIsNotShown(String key) {
        assertEquals(0, run("check"));

        assertFalse(out.toString().contains("\n" + key + " = "), out.toString());
    }

    /** A user implies the rest, and root can see that. */
    @Test
    void whatAUserImpliesIsShown() throws IOException {
        assumeTrue(Posix.geteuid() == 0, "workers get another user from root only");
        assertEquals(0, run("check", "--user", "nobody", "--", "/bin/cat"), err::toString);
        String first = out.toString();
        out.getBuffer().setLength(0);
        long group = Accounts.account("nobody").orElseThrow().gid();

        for (String line : List.of("group = " + group, "no-new-privileges = true", "capabilities-drop = true")) {
            assertTrue(first.contains("\n" + line + "  # default\n"), first);
        }
        assertEquals(0, run("check", "--config", write(first)), err::toString);
        assertEquals(first.replace("  # default", ""), out.toString());
    }

    @Test
    void theCommandLineCountsMoreThanTheFile() throws IOException {
        String file =
                write("allow = [\"10.0.0.0/8\", \"::1\"]\nmax-connections = 3\nbacklog = 4\ncommand = [\"/bin/sh\"]");

        assertEquals(0, run("check", "--config", file, "--allow", "::2", "--backlog", "9", "--", "/bin/cat"));

        String text = out.toString();
        assertTrue(text.contains("allow = [\"::2\"]\n"), text);
        assertTrue(text.contains("backlog = 9\n"), text);
        assertTrue(text.contains("max-connections = \"3:queue\"\n"), text);
        assertTrue(text.contains("command = [\"/bin/cat\"]\n"), text);
    }

    @Test
    void keysOfThePoolAreReadToo() throws IOException {
        String file = write("model = \"pool\"\nconnections-per-worker = 5\npool-start-timeout = \"10s\"");

        assertEquals(0, run("check", "--config", file), err::toString);

        String text = out.toString();
        assertTrue(text.contains("\nconnections-per-worker = 5\n"), text);
        assertTrue(text.contains("\npool-start-timeout = \"10s\"\n"), text);
    }

    @Test
    void keysOutsideOfServicesCountForAll() throws IOException {
        String file = write("max-connections = 3\n[service.a]\nlisten = \"127.0.0.1:0\"\n"
                + "[service.b]\nlisten = [\"127.0.0.1:0\"]\nmax-connections = 5\nenv = { X = 1 }");

        assertEquals(0, run("check", "--config", file));

        String text = out.toString();
        assertTrue(text.startsWith("[service.a]\nlisten = [\"127.0.0.1:0\"]\n"), text);
        assertTrue(text.indexOf("max-connections = \"3:queue\"\n") < text.indexOf("\n[service.b]\n"), text);
        assertTrue(text.indexOf("max-connections = \"5:queue\"\n") > text.indexOf("\n[service.b]\n"), text);
        assertTrue(text.contains("\nenv = [\"X=1\"]\n"), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "max-conections = 1 | 1:1: there is no key 'max-conections'; did you mean 'max-connections'?",
                "xyzzy = 1 | 1:1: there is no key 'xyzzy'; the keys are the long options of forkd serve",
                "config = \"x\" | 1:1: there is no key 'config'",
                "help = true | 1:1: there is no key 'help'",
                "l = \"x\" | 1:1: there is no key 'l'",
                "~\nbacklog = \"many\"~ | 2:1: Invalid value for option '--backlog'",
                "backlog = 0 | 1:1: --backlog is at least 1, not 0",
                "backlog = [1] | 1:1: 'backlog' has one value: N",
                "backlog = true | 1:1: 'backlog' is not true or false: it takes N",
                "model = \"thread\" | 1:1: Invalid value for option '--model'",
                "handler = \"ecko\" | 1:1: unknown handler ecko",
                "allow = [\"::1\", \"10.0.0.1/8\"] | 1:17: Invalid value for option '--allow'",
                "~allow = [\n  \"::1\",\n  \"::2,10.0.0.1/8\"]~ | 3:3: Invalid value for option '--allow'",
                "rlimit = [\"nofile=64\", \"x=2\"] | 1:24: Invalid value for option '--rlimit'",
                "penalty = [\"crash=1s\", \"min=2h,max=1h\"] | 1:1: --penalty: min is more than max",
                "env = [\"A=1\", \"B\"] | 1:15: --env B: there is no '='",
                "env = { A = 1, TCPREMOTEIP = 2 } | 1:16: --env TCPREMOTEIP: forkd itself sets",
                "pass-env = [\"A\", \"B=\"] | 1:18: --pass-env: 'B=' is no name",
                "classpath = [\"/\", \"/:/nowhere\"] | 1:19: --classpath: /nowhere cannot be read",
                "command = \"/bin/cat\" | 1:1: 'command' is a list",
                "command = [] | 1:1: 'command' is a list",
                "no-new-privileges = 1 | 1:1: 'no-new-privileges' is true or false",
                "~handler = \"echo\"\nmain = \"X\"~ | 1:1: --handler and --main exclude each other",
                "~model = \"pool\"\ncommand = [\"/bin/cat\"]~ | 1:1: --model pool is for Java handlers",
                "~[service.a]~ | 1:1: the service a has no 'listen'",
                "~listen = \"127.0.0.1:1\"\n[service.a]\nlisten = \"127.0.0.1:0\"~ | 1:1: 'listen' stands in a service",
                "~[service.a]\nlisten = \"127.0.0.1:0\"\nbacklg = 1~ | 3:1: there is no key 'backlg'; did you mean 'backlog'?",
                "~rules = \"/nowhere\"~ | 1:1: --rules: the rules cannot be read: /nowhere"
            })
    void aProblemIsToldWithItsPlace(String toml, String message) throws IOException {
        String file = write(toml);

        assertEquals(2, run("check", "--config", file));

        assertTrue(err.toString().startsWith("forkd: " + file + ":" + message), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "command = [\"/nowhere\"] | 1:12: 'command': execute(/nowhere)",
                "command = [\"./nowhere\", \"/bin/cat\"] | 1:12: 'command': execute(./nowhere)",
                "~chdir = \"/nowhere\"\ncommand = [\"/bin/cat\"]~ | 1:1: 'chdir': chdir(/nowhere)",
                "~command = [\"/bin/cat\"]\nsandbox-read = [\"/usr\", \"/nowhere/\"]~ | 2:25: 'sandbox-read': open(/nowhere)",
                "~command = [\"/bin/cat\"]\nsandbox-write = [\"/usr\",\n\"/nowhere\"]~ | 3:1: 'sandbox-write': open(/nowhere)",
                "~chdir = \"/nowhere\"\n[service.a]\nlisten = \"127.0.0.1:0\"\nchdir = \"/\"\n[service.b]\nlisten = \"127.0.0.1:0\"~"
                        + " | 1:1: 'chdir' of service b: chdir(/nowhere)",
                "~[service.a]\nlisten = \"127.0.0.1:0\"\n[service.b]\nlisten = \"127.0.0.1:0\"\ncommand = [\"/nowhere\"]~"
                        + " | 5:12: 'command' of service b: execute(/nowhere)"
            })
    void aCallThatFailedIsToldWithItsPlaceToo(String toml, String message) throws IOException {
        String file = write(toml);
        String line = "forkd: " + file + ":" + message + " failed: ENOENT (No such file or directory)\n";

        assertEquals(111, run("check", "--config", file), err::toString);
        assertEquals(line, err.toString());
        err.getBuffer().setLength(0);

        assertEquals(111, run("serve", "--config", file), err::toString);
        assertEquals(line, err.toString());
        assertEquals("", out.toString());
    }

    /** The exit code is that of the first problem. */
    @Test
    void problemsOfSeveralServicesAreToldTogether() throws IOException {
        String file = write("""
                backlog = 0
                [service.a]
                listen = "127.0.0.1:0"
                [service.b]
                listen = "127.0.0.1:0"
                [service.c]
                listen = "127.0.0.1:0"
                backlog = 1
                command = ["/nowhere"]
                """);
        String first = file + ":1:1: --backlog is at least 1, not 0";

        assertEquals(2, run("check", "--config", file));
        assertEquals(
                List.of(
                        "forkd: " + first,
                        "forkd: " + file
                                + ":9:12: 'command' of service c: execute(/nowhere) failed: ENOENT (No such file or directory)"),
                err.toString().lines().toList());
        err.getBuffer().setLength(0);

        assertEquals(2, run("serve", "--config", file));
        assertEquals(
                "forkd: " + first + " (and 1 more)",
                err.toString().lines().findFirst().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--backlog=0 -- /bin/cat | 2 | --backlog is at least 1, not 0",
                "--sandbox --no-new-privileges=false | 2 | --sandbox and --no-new-privileges=false exclude each other",
                "--chdir=/nowhere | 111 | chdir(/nowhere) failed: ENOENT (No such file or directory)",
                "-- /nowhere | 111 | execute(/nowhere) failed: ENOENT (No such file or directory)"
            })
    void aProblemOfTheCommandLineHasNoPlaceInTheFile(String arguments, int code, String message) throws IOException {
        String file = write("backlog = 7\nchdir = \"/\"\ncommand = [\"/bin/cat\"]");
        List<String> all = new ArrayList<>(List.of("check", "--config", file));
        all.addAll(List.of(arguments.split(" ", -1)));

        assertEquals(code, run(all.toArray(String[]::new)));

        assertEquals("forkd: " + message + "\n", err.toString());
    }

    @Test
    void checkTellsEveryProblemAndServeTheFirst() throws IOException {
        String file = write("backlg = 1\nmodle = \"fork\"");

        assertEquals(2, run("check", "--config", file));
        assertEquals(2, err.toString().lines().count(), err.toString());
        err.getBuffer().setLength(0);

        assertEquals(2, run("serve", "--config", file));
        assertEquals(
                "forkd: " + file + ":1:1: there is no key 'backlg'; did you mean 'backlog'? (and 1 more)\n"
                        + "Try 'forkd serve --help' for more.\n",
                err.toString());
    }

    @Test
    void severalServicesAndOptionsOfTheCommandLineDoNotGoTogether() throws IOException {
        String file = write("[service.a]\nlisten = \"127.0.0.1:0\"");

        assertEquals(2, run("serve", "--config", file, "--backlog", "3"));

        assertTrue(
                err.toString().contains("put what stands on the command line beside --config into it"), err.toString());
    }

    /** New options need no code for the file; that takes a long name of each. */
    @Test
    void everyOptionOfServeIsAKey() {
        CommandLine serve = Forkd.commandLine().getSubcommands().get("serve");
        ServeOptions options = new ServeOptions(serve.getCommandSpec());

        List<OptionSpec> missing = serve.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .filter(option -> !option.longestName().equals("--config"))
                .filter(option -> options.all().stream().noneMatch(option::equals))
                .toList();

        assertEquals(List.of(), missing);
    }

    @Test
    void theNearestWordIsSuggested() {
        assertEquals(0, Suggestion.distance("abc", "abc"));
        assertEquals(3, Suggestion.distance("", "abc"));
        assertEquals(2, Suggestion.distance("backlgo", "backlog"));
        assertEquals(
                "backlog", Suggestion.of("backlgo", List.of("model", "backlog")).orElseThrow());
        assertTrue(Suggestion.of("zzz", List.of("model", "backlog")).isEmpty());
    }

    private String write(String toml) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "f", ".toml"), toml)
                .toString();
    }

    private int run(String... args) {
        return Forkd.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
