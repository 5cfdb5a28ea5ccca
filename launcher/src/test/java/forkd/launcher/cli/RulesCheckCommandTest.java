package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesCheckCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private String file;

    @BeforeEach
    void write() throws IOException {
        file = write(
                "# who may",
                "deny 10.9.0.0/16 reject=\"go away\"",
                "allow 10.0.0.0/8 max-per-source=20 set ROLE=internal",
                "allow uid:1000 gid:100",
                "allow ::1 listener:web");
    }

    @Test
    void theLineThatDecidesIsPrinted() {
        assertEquals(1, check(file, "10.9.1.2"));
        assertEquals(0, check(file, "10.1.1.2"));
        assertEquals(0, check(file, "::ffff:10.1.1.2"));
        assertEquals(1, check(file, "192.0.2.1"));

        assertEquals(
                "deny: " + file + ":2: deny 10.9.0.0/16 reject=\"go away\"\n"
                        + ("allow: " + file + ":3: allow 10.0.0.0/8 max-per-source=20 set ROLE=internal\n").repeat(2)
                        + "deny: no rule fits\n",
                out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void aClientOfAUnixSocketIsNamedByItsIds() {
        assertEquals(0, check(file, "uid:1000"));
        assertEquals(0, check(file, "uid:7", "gid:100"));
        assertEquals(1, check(file, "uid:7", "gid:7"));
        assertEquals(1, check(file, "unix"));
    }

    @Test
    void aListenerMayBeNamedBeforeOrBehind() {
        assertEquals(1, check(file, "::1"));
        assertEquals(0, check(file, "::1", "--listener", "web"));
        assertEquals(0, check("--listener", "web", file, "::1"));
        assertEquals(1, check("--listener", "other", file, "::1"));
    }

    @Test
    void withoutAClientTheFileIsChecked() {
        assertEquals(0, check(file));

        assertEquals(file + ": 4 rules\n", out.toString());
    }

    @Test
    void everyProblemIsALineOfItsOwn() throws IOException {
        String bad = write("alow *", "allow 10.0.0.1/8");

        assertEquals(2, check(bad, "10.0.0.1"));

        assertEquals(
                "forkd: " + bad + ":1:1: a rule begins with allow or deny, not with 'alow'\n" + "forkd: " + bad
                        + ":2:7: bad address '10.0.0.1/8': bits are set behind the prefix; write 10.0.0.0/8 for the block"
                        + " or 10.0.0.1 for the one address\n",
                err.toString());
        assertEquals("", out.toString());
    }

    /** What forkd tells a worker of its connection is never overridden, and a rule that tries it is never ignored. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "FORKD_CONNECTION_ID",
                "FORKD_LISTENER",
                "FORKD_SERVICE",
                "FORKD_PROXY_SSL_CN",
                "FORKD_ANYTHING",
                "PROTO",
                "TCPREMOTEIP",
                "TCPREMOTEPORT",
                "TCPLOCALIP",
                "TCPLOCALPORT",
                "TCPCONNNUM",
                "REMOTE_ADDR",
                "REMOTE_HOST",
                "REMOTE_PORT",
                "IPCREMOTEEUID",
                "IPCREMOTEEGID",
                "IPCREMOTEPATH",
                "IPCLOCALPATH",
                "IPCCONNNUM",
                "LISTEN_FDS",
                "LISTEN_PID",
                "LISTEN_FDNAMES",
                "SOCAT_PEERADDR",
                "NCAT_REMOTE_ADDR",
                "NCAT_PROTO"
            })
    void aVariableOfTheContractCannotBeSet(String name) throws IOException {
        String bad = write("deny 10.0.0.9", "allow 10.0.0.0/8 set ROLE=a set " + name + "=x", "allow *");
        String problem = bad + ":2:33: forkd itself sets the variable " + name + " for each connection\n";

        assertEquals(2, check(bad));
        assertEquals("forkd: " + problem, err.toString());
        assertEquals(2, check(bad, "192.0.2.1"));
        err.getBuffer().setLength(0);
        assertEquals(2, run("serve", "--rules", bad));
        assertTrue(err.toString().startsWith("forkd: --rules: " + problem), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void otherVariablesOfTcpserverCanBeSet() throws IOException {
        assertEquals(0, check(write("allow * set TCPREMOTEHOST=a.example set TCPREMOTEINFO=ada set PROTOCOL=x")));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertEquals(2, check(folder + "/none", "10.0.0.1"));
        assertEquals(2, check(folder.toString(), "10.0.0.1"));

        assertEquals(
                "forkd: the rules cannot be read: " + folder + "/none: there is no such file\n"
                        + "forkd: the rules cannot be read: " + folder + ": it is not a regular file\n",
                err.toString());
    }

    @Test
    void whatIsNeverReachedIsAWarning() throws IOException {
        String file = write("allow 10.0.0.0/8", "deny 10.9.0.0/16");

        assertEquals(0, check(file, "10.9.0.1"));

        assertEquals(
                "warning: " + file + ":2: 10.9.0.0/16 is never reached, because an earlier rule takes it: " + file
                        + ":1\n",
                err.toString());
    }

    @Test
    void aClientThatIsNoneIsAUsageError() {
        assertEquals(2, check(file, "example.com"));
        assertEquals(2, check(file, "10.0.0.1", "10.0.0.2"));

        assertTrue(err.toString().contains("bad address 'example.com'"), err.toString());
        assertTrue(err.toString().contains("a client is one address, or unix, uid:N and gid:N"), err.toString());
    }

    @Test
    void serveTellsABadFileAndListsThatContradict() throws IOException {
        String bad = write("alow *");

        assertEquals(2, run("serve", "--rules", bad));
        assertEquals(2, run("serve", "--rules", file, "--allow", "::1"));
        assertEquals(2, run("serve", "--allow", "::1,10.0.0.0/8", "--deny", "10.0.0.0/8"));
        assertEquals(2, run("serve", "--allow", "10.0.0.1/8"));

        String message = err.toString();
        assertTrue(message.contains("forkd: --rules: " + bad + ":1:1: a rule begins with"), message);
        assertTrue(message.contains("--rules and --allow or --deny exclude each other"), message);
        assertTrue(message.contains("--allow and --deny: 10.0.0.0/8 is both allowed and denied"), message);
        assertTrue(message.contains("write 10.0.0.0/8 for the block"), message);
    }

    private String write(String... lines) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "r", ".rules"), String.join("\n", lines))
                .toString();
    }

    private int check(String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "rules";
        all[1] = "check";
        System.arraycopy(args, 0, all, 2, args.length);
        return run(all);
    }

    private int run(String... args) {
        return Forkd.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
