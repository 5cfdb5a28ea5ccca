package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What workers are confined to, in every model, as the kernel tells it. They take root. */
@Timeout(120)
class PrivilegesIT {
    private static final String NOBODY = Checkout.NOBODY;
    private static final String NOTHING = "0000000000000000";
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups");

    @BeforeAll
    static void asRoot() {
        assumeTrue(System.getProperty("user.name").equals("root"));
    }

    @Test
    void aCommandGetsAllThatWasAskedFor() throws Exception {
        String script =
                "id -u; id -g; id -G; umask; pwd -P; nice; ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj;"
                        + " grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'";
        try (ForkdServer server = ForkdServer.serve(options(
                "--user=nobody --group=daemon --umask=027 --chdir=/usr --nice=4 --rlimit=nofile=77:99 --oom-score-adj=321 --sandbox",
                "--",
                "/bin/bash",
                "-c",
                script))) {
            assertEquals(
                    "65534\n1\n1\n0027\n/usr\n4\n77\n99\n321\nCapBnd:" + NOTHING + "\nNoNewPrivs:1\nSeccomp:2\n",
                    ForkServers.listen(server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aHandlersWorkerIsConfinedInEveryModel(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve(options("--model=" + model
                + " --user=nobody --umask=027 --chdir=/usr --nice=4 --rlimit=nofile=777:999 --rlimit=cpu=50:60"
                + " --oom-score-adj=321 --sandbox"))) {
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                long worker = WorkerProcessIT.worker(server, 1);
                assertEquals(String.join("\t", NOBODY, NOBODY, NOBODY, NOBODY), Processes.status(worker, "Uid"));
                assertEquals(String.join("\t", NOBODY, NOBODY, NOBODY, NOBODY), Processes.status(worker, "Gid"));
                for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
                    assertEquals(NOTHING, Processes.status(worker, set), set);
                }
                assertEquals("1", Processes.status(worker, "NoNewPrivs"));
                assertEquals("2", Processes.status(worker, "Seccomp"));
                assertEquals("0027", Processes.status(worker, "Umask"));
                assertEquals("/usr", Files.readSymbolicLink(proc(worker, "cwd")).toString());
                assertEquals(
                        "321", Files.readString(proc(worker, "oom_score_adj")).strip());
                assertEquals("4", nice(worker));
                assertLimit(worker, "Max open files", "777", "999");
                assertLimit(worker, "Max cpu time", "50", "60");
                assertEquals("0", Processes.status(server.pid(), "Uid").split("\t", -1)[0]);
            }
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
            assertFalse(server.log().stream().anyMatch(line -> line.contains("run as root")), () -> "" + server.log());
        }
    }

    @Test
    void aWorkersLogIsItsUsersToOpen() throws Exception {
        String script = "echo one >/dev/stderr && echo two >>/proc/self/fd/2 && echo three | tee /dev/stderr";
        for (String more : List.of("", " --sandbox", " --sandbox-read=/usr/share --descriptor=listen")) {
            try (ForkdServer server =
                    ForkdServer.serve(options("--user=nobody" + more, "--", "/bin/bash", "-c", script))) {
                ForkServers.listen(server);
                server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
                for (String text : List.of("one", "two", "three")) {
                    server.await(text, line -> line.startsWith("log id=1 ") && line.endsWith(" text=" + text));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aHandlersLogIsItsUsersToOpen(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve(options("--model=" + model + " --user=nobody --handler="
                + OpeningHandler.class.getName() + " --classpath=" + EchoIT.testClasses()))) {
            ForkServers.listen(server);
            server.await("line", line -> line.startsWith("log id=1 ") && line.endsWith(" text=opened"));
        }
    }

    @Test
    void theProcessorTimeOfAStemIsNotLimited() throws Exception {
        try (ForkdServer server = ForkServers.echo("--user", "nobody", "--rlimit", "cpu=50")) {
            assertLimit(ForkServers.stem(server), "Max cpu time", "unlimited", "unlimited");
        }
    }

    @Test
    void aCommandIsFoundInItsRoot(@TempDir Path root) throws Exception {
        fillRoot(root);
        try (ForkdServer server =
                ForkdServer.serve(options("--user=nobody --chroot=" + root, "--", "/bin/sh", "-c", "pwd; echo /*"))) {
            assertEquals("/\n/bin /lib /lib64\n", ForkServers.listen(server));
        }
    }

    @Test
    void aConnectionOnThreeIsForConfinedCommandsToo() throws Exception {
        String script =
                "ls /proc/$$/fd; [ $LISTEN_PID = $$ ] && echo \"$LISTEN_FDS $LISTEN_FDNAMES\" >&3; id -u >&3; cat <&3 >&3;"
                        + " grep ^Seccomp: /proc/self/status | tr -d '\\t' >&3; echo logged";
        for (String more : List.of("", " --sandbox", " --sandbox-read=/usr/share", " --rlimit=nproc=100")) {
            try (ForkdServer server = ForkdServer.serve(
                    options("--descriptor=listen --user=nobody" + more, "--", "/bin/sh", "-c", script))) {
                String seccomp = more.startsWith(" --sandbox") ? "2" : "0";
                assertEquals(
                        "1 connection\n65534\nhello\nSeccomp:" + seccomp + "\n",
                        ForkServers.ask(server, "hello"),
                        more);
                server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
                assertEquals(
                        List.of("0", "1", "2", "3", "logged"),
                        server.log().stream()
                                .filter(line -> line.startsWith("log id=1 "))
                                .map(line -> line.substring(line.indexOf(" text=") + 6))
                                .toList(),
                        more);
            }
        }
    }

    @Test
    void aConnectionOnThreeIsForCommandsInARootToo(@TempDir Path root) throws Exception {
        fillRoot(root);
        String script =
                "[ $LISTEN_PID = $$ ] && echo \"$LISTEN_FDS\" /* >&3; read line <&3; echo $line >&3; echo logged";
        for (String more : List.of("", " --sandbox")) {
            try (ForkdServer server = ForkdServer.serve(options(
                    "--descriptor=listen --user=nobody --chroot=" + root + more, "--", "/bin/sh", "-c", script))) {
                assertEquals("1 /bin /lib /lib64\nhello\n", ForkServers.ask(server, "hello"));
                server.await("log", line -> line.startsWith("log id=1 ") && line.endsWith(" text=logged"));
            }
        }
        Files.move(root.resolve("bin/sh"), root.resolve("bin/dash"));
        try (ForkdServer server = ForkdServer.launch(
                options("--descriptor=listen --user=nobody --chroot=" + root, "--", "/bin/dash", "-c", script))) {
            assertEquals(111, server.exitCode());
            assertEquals(
                    List.of("forkd: access(" + root + "/bin/sh) failed: ENOENT (No such file or directory)"),
                    server.log());
        }
    }

    /** A root directory with a shell that says and reads. */
    private static void fillRoot(Path root) throws Exception {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String file : List.of("/bin/sh", "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6")) {
            Path copy = root.resolve(file.substring(1));
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @Test
    void rootWithoutAUserIsOneWarning() throws Exception {
        String message = "workers run as root: --user gives them another user";
        assertEquals(
                List.of("warn message=\"" + message + "\""),
                warnings(List.of("-l", "127.0.0.1:0", "--", "/bin/cat"), 1));
    }

    @Test
    void rootWithoutAUserIsOneWarningForAllServices(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("f.toml"), """
                command = ["/bin/cat"]
                [service.a]
                listen = "127.0.0.1:0"
                [service.b]
                listen = "127.0.0.1:0"
                user = "nobody"
                [service.c]
                listen = "127.0.0.1:0"
                """);
        assertEquals(
                List.of(
                        "warn message=\"workers run as root: --user gives them another user (services a, c)\" service=a"),
                warnings(List.of("--config", file.toString()), 3));
    }

    /** Of a server from its start to its end. */
    private static List<String> warnings(List<String> options, int listeners) throws Exception {
        try (ForkdServer server = ForkdServer.launch(options.toArray(String[]::new))) {
            server.await("listening", line -> line.startsWith("listening "), listeners);
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            return server.log().stream()
                    .filter(line -> line.startsWith("warn "))
                    .toList();
        }
    }

    /** One thing alone, and root stays root. The handler's worker is forked by a zygote that has given it up. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--capabilities-drop|0 0 0 0|0|0|none",
                "--no-new-privileges|0 0 0 0|0|1|all",
                "--group=daemon|1 1 1 1|1|0|all",
                "--group=daemon --capabilities-drop --no-new-privileges=false|1 1 1 1|1|0|none",
            })
    void eachAloneIsAppliedAlone(String lines) throws Exception {
        String[] test = lines.split("\\|", -1);
        for (List<String> served :
                List.of(List.of("--", "/bin/cat"), List.of("--model=fork"), List.of("--model=pool"))) {
            try (ForkdServer server = ForkdServer.serve(options(test[0], served.toArray(String[]::new)));
                    Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                long worker = WorkerProcessIT.worker(server, 1);
                assertEquals("0\t0\t0\t0", Processes.status(worker, "Uid"));
                assertEquals(test[1].replace(' ', '\t'), Processes.status(worker, "Gid"));
                if (test[0].startsWith("--group")) {
                    assertEquals(test[2], Processes.status(worker, "Groups").strip());
                }
                assertEquals(test[3], Processes.status(worker, "NoNewPrivs"));
                for (String set : List.of("CapPrm", "CapEff", "CapBnd")) {
                    String expected = test[4].equals("none") ? NOTHING : Processes.status(server.pid(), set);
                    assertEquals(expected, Processes.status(worker, set), set + " of " + served);
                }
                assertNotEquals(NOTHING, Processes.status(server.pid(), "CapEff"));
            }
        }
    }

    /** As initgroups(3): of all users it is the one with the most groups. */
    @Test
    void allGroupsOfAUserAreItsWorkers() throws Exception {
        String user = "nobody";
        List<String> groups = List.of();
        for (String entry : Commands.run("getent", "passwd").output().lines().toList()) {
            String[] fields = entry.split(":", -1);
            List<String> ids = sorted(Commands.run("id", "-G", fields[0]).output());
            if (!fields[2].equals("0") && ids.size() > groups.size()) {
                user = fields[0];
                groups = ids;
            }
        }
        try (ForkdServer server = ForkdServer.serve(options("--user=" + user, "--", "/usr/bin/id", "-G"))) {
            assertEquals(groups, sorted(ForkServers.listen(server)), user);
        }
    }

    private static List<String> sorted(String words) {
        return Arrays.stream(words.strip().split("\\s+", -1)).sorted().toList();
    }

    @Test
    void aPrivilegedPortAndAUnixSocketAreOpenedBefore() throws Exception {
        Path socket = Files.createTempDirectory("forkd").resolve("s");
        try (ForkdServer server = ForkdServer.serve(
                "-l", "127.0.0.1:799", "-l", "unix:" + socket, "--user", "nobody", "--", "/usr/bin/id", "-u")) {
            assertEquals(NOBODY, EchoIT.nc("", "127.0.0.1", 799).strip());
            Commands.Result answer = Commands.runWithInput("", "nc", "-N", "-U", socket.toString());
            assertEquals(NOBODY, answer.output().strip());
            assertEquals(799, server.port());
        }
        assertFalse(Files.exists(socket));
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "fork"})
    @Execution(ExecutionMode.CONCURRENT)
    void workersOfAnotherUserAreEndedInTime(String model) throws Exception {
        try (ForkdServer server =
                ForkdServer.serve(options("--model=" + model + " --user=nobody --sandbox --max-lifetime=4s"))) {
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                assertEquals(-1, client.getInputStream().read());
            }
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains("reason=max-lifetime"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--user=no-such-user|2|--user: there is no user no-such-user",
                "--user=64001|2|--user: 64001 has no name here, and so no group; add --group",
                "--user=root|2|--user: root is root; leave the option out for that",
                "--group=no-such-group|2|--group: there is no group no-such-group",
                "--umask=9|2|--umask is one to four octal digits, as 027, not 9",
                "--nice=20|2|--nice is from -20 to 19, not 20",
                "--oom-score-adj=1001|2|--oom-score-adj is from -1000 to 1000, not 1001",
                "--sandbox --no-new-privileges=false|2|--sandbox and --no-new-privileges=false exclude each other",
                "--chdir=/nonexistent|111|chdir(/nonexistent) failed: ENOENT (No such file or directory)",
                "--sandbox-read=/nonexistent|111|open(/nonexistent) failed: ENOENT (No such file or directory)",
            })
    void whatCannotBeAppliedIsOneLineBeforeListening(String lines) throws Exception {
        String[] test = lines.split("\\|", -1);
        for (List<String> served : List.of(List.of("--", "/bin/cat"), List.of("--handler=echo"))) {
            assertRefused(
                    Integer.parseInt(test[1]), test[2], List.of(), options(test[0], served.toArray(String[]::new)));
        }
    }

    /** Limits that only root may lift. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--rlimit=core=0:2000000|2|workers cannot be confined so: setrlimit(core=0:2000000) failed: EPERM (Operation not permitted);"
                        + " this takes a launcher that runs as root",
                "--nice=-5|111|setpriority(-5) failed: EACCES (Permission denied)",
                "--oom-score-adj=-500|111|write(/proc/self/oom_score_adj, -500) failed: EACCES (Permission denied)",
            })
    void whatOnlyRootCanApplyIsOneLineBeforeListening(String lines) throws Exception {
        String[] test = lines.split("\\|", -1);
        List<String> asNobody = new ArrayList<>(List.of("prlimit", "--core=0:1000000"));
        asNobody.addAll(AS_NOBODY);
        for (List<String> served : List.of(List.of("--", "/bin/cat"), List.of("--handler=echo"))) {
            assertRefused(
                    Integer.parseInt(test[1]), test[2], asNobody, options(test[0], served.toArray(String[]::new)));
        }
    }

    @Test
    void aClassPathThatTheUserCannotReadIsOneLineBeforeListening(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        String classes = Files.createDirectory(folder.resolve("classes")).toString();

        assertRefused(
                111,
                "open(" + classes + ") failed: EACCES (Permission denied)",
                List.of(),
                options("--user=nobody --classpath=" + classes));
        assertRefused(
                2,
                "--chroot is for commands: a handler's JVM loads parts of its JDK while it runs; see --sandbox-read",
                List.of(),
                options("--chroot=" + folder));
    }

    /** One line, and one more for a usage error that says where help is. */
    private static void assertRefused(int code, String message, List<String> wrapper, String... options)
            throws Exception {
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, options)) {
            assertEquals(code, server.exitCode(), () -> "" + server.log());
            List<String> lines = new ArrayList<>(List.of("forkd: " + message));
            if (code == 2) {
                lines.add("Try 'forkd serve --help' for more.");
            }
            assertEquals(lines, server.log());
        }
    }

    @Test
    void aLauncherThatIsNotRootSaysSo() throws Exception {
        try (ForkdServer server = ForkdServer.launchUnder(AS_NOBODY, options("--user=daemon", "--", "/bin/cat"))) {
            assertEquals(2, server.exitCode(), () -> "" + server.log());
            assertTrue(
                    server.log().get(0).endsWith("this takes a launcher that runs as root"), () -> "" + server.log());
        }
    }

    @Test
    void aLauncherThatIsNotRootSaysWhichLineAsksForIt(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(folder.resolve("f.toml"), "command = [\"/bin/cat\"]\nuser = \"daemon\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused(
                2,
                file
                        + ":2:1: 'user': workers cannot be confined so: prctl(PR_CAPBSET_DROP, 0) failed: EPERM (Operation not permitted);"
                        + " this takes a launcher that runs as root",
                AS_NOBODY,
                "--config",
                file.toString());
    }

    @Test
    void aLauncherThatIsNotRootCanSandboxAndRevive() throws Exception {
        try (ForkdServer server =
                ForkdServer.launchUnder(AS_NOBODY, options("--model=fork --sandbox --rlimit=nofile=500"))) {
            server.await("listening", line -> line.startsWith("listening "));
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                long worker = WorkerProcessIT.worker(server, 1);
                assertEquals("2", Processes.status(worker, "Seccomp"));
            }
        }
    }

    private static void assertLimit(long pid, String name, String soft, String hard) throws Exception {
        String line = Files.readAllLines(proc(pid, "limits")).stream()
                .filter(each -> each.startsWith(name))
                .findFirst()
                .orElseThrow();
        String[] values = line.substring(name.length()).strip().split(" +", -1);
        assertEquals(List.of(soft, hard), List.of(values[0], values[1]), line);
    }

    private static String nice(long pid) throws Exception {
        String stat = Files.readString(proc(pid, "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16];
    }

    private static Path proc(long pid, String file) {
        return Path.of("/proc/" + pid + "/" + file);
    }

    /** Options that are separated by blanks, and then others as they are. */
    private static String[] options(String first, String... more) {
        List<String> all = new ArrayList<>(List.of("-l", "127.0.0.1:0"));
        all.addAll(Arrays.asList(first.split(" ", -1)));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }
}
