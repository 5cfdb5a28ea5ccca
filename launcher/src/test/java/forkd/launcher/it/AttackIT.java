package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody gets who has taken over a worker that runs as nobody: not root, not the launcher. Perl makes the bare calls. */
@Timeout(120)
class AttackIT {
    private static final String DENIED = "Operation not permitted";
    private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rwxrwxrwx");

    @BeforeAll
    static void asRoot() {
        PrivilegesIT.asRoot();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aWorkerCannotBecomeRoot(String model, @TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path id = Files.copy(Path.of("/usr/bin/id"), folder.resolve("id"), StandardCopyOption.COPY_ATTRIBUTES);
        assertEquals(0, Commands.run("chmod", "4755", id.toString()).exit());
        try (ForkdServer server = shell("--model", model, "--user", "nobody");
                Attacker attacker = new Attacker(server)) {
            assertEquals("65534\n", attacker.run(id + " -u"), "by a set-uid program");
            assertTrue(attacker.run("perl -e 'print syscall(105, 0), \" $!\"'").contains(DENIED), "by setuid(2)");
            assertTrue(attacker.run("cat /etc/shadow").contains("Permission denied"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aWorkerCannotReachTheLauncher(String model) throws Exception {
        try (ForkdServer server = shell("--model", model, "--user", "nobody");
                Attacker attacker = new Attacker(server)) {
            long launcher = server.pid();
            assertTrue(attacker.run("cat /proc/" + launcher + "/mem").contains("Permission denied"));
            assertTrue(attacker.run("cat /proc/" + launcher + "/environ").contains("Permission denied"));
            assertTrue(attacker.run("ls /proc/" + launcher + "/fd").contains("Permission denied"));
            assertTrue(attacker.run(ptrace(launcher)).contains(DENIED));
            assertTrue(attacker.run(takeDescriptor(launcher)).contains(DENIED));
            // kill(2) takes a thread's id as well, asks for the rights over that thread, and ends the process.
            List<Long> threads = Processes.threadsOf(launcher);
            assertTrue(threads.size() > 5, () -> "a launcher has more threads: " + threads);
            for (long thread : threads) {
                String answer = attacker.run("kill -9 " + thread);
                assertTrue(answer.contains(DENIED) || answer.contains("No such process"), answer);
            }
            assertEquals("alive\n", attacker.run("echo alive"));
        }
    }

    /** Those of one user: the JVM that holds another client's data does not show it, nor does one that others will come from. */
    @ParameterizedTest
    @ValueSource(strings = {"pool", "fork"})
    void aWorkerCannotReadAnother(String model) throws Exception {
        List<String> spares = model.equals("fork") ? List.of("--spares", "2") : List.of("--pool-min-spare", "2");
        try (ForkdServer server = shell("--model", model, "--user", "nobody", spares.get(0), spares.get(1));
                Attacker attacker = new Attacker(server);
                Attacker victim = new Attacker(server)) {
            assertEquals("here\n", victim.run("echo here"));
            long mine = WorkerProcessIT.worker(server, 1);
            String waiting = model.equals("fork") ? "forkd: spare" : "forkd: worker waiting";
            Eventually.equal(
                    2, () -> Processes.childrenTitled(server.pid(), waiting).size());
            // One that has just been started has nobody's data, and does not hide yet.
            Eventually.equal(
                    List.of(),
                    () -> Processes.childrenOf(server.pid()).stream()
                            .filter(child -> !titled(child))
                            .toList());
            List<Long> others = new ArrayList<>(Processes.childrenOf(server.pid()));
            others.remove(mine);
            assertTrue(others.contains(WorkerProcessIT.worker(server, 2)), () -> "" + others);
            assertTrue(others.size() > 1, () -> "the stem, and those that wait: " + others);
            for (long other : others) {
                attacker.isRefused("cat /proc/" + other + "/mem", "Permission denied");
                attacker.isRefused("ls /proc/" + other + "/fd", "Permission denied");
                attacker.isRefused(ptrace(other), DENIED);
                attacker.isRefused(takeDescriptor(other), DENIED);
            }
            assertEquals("here\n", victim.run("echo here"));
        }
    }

    private static boolean titled(long pid) {
        try {
            return Processes.commandLine(pid).startsWith("forkd: ");
        } catch (IOException e) {
            return !Processes.exists(pid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aWorkerInASandboxCannotTouchAnother(String model) throws Exception {
        try (ForkdServer server = shell("--model", model, "--user", "nobody", "--sandbox");
                Attacker attacker = new Attacker(server);
                Attacker victim = new Attacker(server)) {
            assertEquals("here\n", victim.run("echo here"));
            long other = WorkerProcessIT.worker(server, 2);
            assertTrue(attacker.run("cat /proc/" + other + "/mem").contains("Permission denied"));
            assertTrue(attacker.run("kill -9 " + other).contains(DENIED));
            for (long child : Processes.childrenOf(server.pid())) {
                if (child != WorkerProcessIT.worker(server, 1)) {
                    assertTrue(attacker.run("kill -9 " + child).contains(DENIED), "the stem, those that wait, others");
                }
            }
            for (String call :
                    List.of("272, 0x10000000", "321, 0, 0, 0", "298, 0, 0, 0, 0, 0", "425, 1, 0", "101, 0, 0, 0, 0")) {
                assertTrue(
                        attacker.run("perl -e 'print syscall(" + call + "), \" $!\"'")
                                .contains(DENIED),
                        call);
            }
            assertEquals("here\n", victim.run("echo here"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aWorkerInASandboxStaysInItsFolders(String model, @TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, ALL);
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, ALL);
        Path read = Files.createDirectory(folder.resolve("read"));
        Files.setPosixFilePermissions(read, ALL);
        Files.setPosixFilePermissions(Files.writeString(read.resolve("a"), "public"), ALL);
        Path closed = Files.writeString(folder.resolve("closed"), "secret");
        try (ForkdServer server = shell(
                        "--model",
                        model,
                        "--user",
                        "nobody",
                        "--sandbox-write",
                        open.toString(),
                        "--sandbox-read",
                        read.toString());
                Attacker attacker = new Attacker(server)) {
            assertEquals("written\n", attacker.run("echo written > " + open + "/a; cat " + open + "/a"));
            assertEquals("public\n", attacker.run("cat " + read + "/a; echo"));
            assertTrue(attacker.run("echo x > " + read + "/a").contains("Permission denied"));
            assertTrue(attacker.run("echo x > " + read + "/b").contains("Permission denied"));
            assertTrue(attacker.run("cat " + closed).contains("Permission denied"));
            assertTrue(attacker.run("echo x > " + folder + "/b").contains("Permission denied"));
        }
    }

    /** Workers of another user, without the right to gain privileges, under the filter: they get their threads all the same. */
    @Test
    void aConfinedWorkerGetsItsThreadsLate() throws Exception {
        try (ForkdServer server = ForkServers.serve(LongLivedHandler.class, "--user", "nobody", "--sandbox");
                Attacker client = new Attacker(server)) {
            client.say("executor");
            assertEquals("early", client.readLine());
            client.say("cleaner");
            assertEquals("cleaned", client.readLine());
            assertTrue(server.log().stream().noneMatch(Events::isWarning), () -> "" + server.log());
        }
    }

    private static String ptrace(long pid) {
        return "perl -e 'print syscall(101, 16, " + pid + ", 0, 0), \" $!\"'"; // PTRACE_ATTACH
    }

    private static String takeDescriptor(long pid) {
        return "perl -e '$p = syscall(434, " + pid + ", 0); print syscall(438, $p, 3, 0), \" $!\"'"; // pidfd_getfd
    }

    private static ForkdServer shell(String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of("-l", "127.0.0.1:0"));
        options.addAll(Arrays.asList(more));
        options.addAll(List.of("--handler", ShellHandler.class.getName(), "-cp", EchoIT.testClasses()));
        return ForkdServer.serve(options.toArray(String[]::new));
    }

    /** A client of the handler that does what it is told. */
    private static final class Attacker implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader answers;

        Attacker(ForkdServer server) throws Exception {
            socket = server.connect();
            answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        void say(String line) throws Exception {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        String readLine() throws Exception {
            return answers.readLine();
        }

        String run(String command) throws Exception {
            say(command);
            StringBuilder answer = new StringBuilder();
            for (String line = readLine(); line != null; line = readLine()) {
                if (line.endsWith("$")) {
                    return answer.append(line, 0, line.length() - 1).toString();
                }
                answer.append(line).append('\n');
            }
            throw new AssertionError("the worker has gone: " + answer);
        }

        void isRefused(String command, String how) throws Exception {
            String answer = run(command);
            assertTrue(answer.contains(how), () -> command + ": " + answer);
        }

        @Override
        public void close() throws Exception {
            socket.close();
        }
    }
}
