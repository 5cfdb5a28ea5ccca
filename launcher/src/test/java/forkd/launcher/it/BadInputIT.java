package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong gets one clear line and the right exit code, and nothing stays half open. */
@Timeout(120)
class BadInputIT {
    static Stream<Arguments> usageErrors() {
        return Stream.of(
                Arguments.of("bad address '7000'", List.of("-l", "7000")),
                Arguments.of("bad address 'localhost:99999'", List.of("-l", "localhost:99999")),
                Arguments.of("unknown handler com.example.Nothing", List.of("--handler", "com.example.Nothing")),
                Arguments.of(
                        "handler java.lang.String does not implement forkd.worker.ConnectionHandler",
                        List.of("--handler", "java.lang.String")),
                Arguments.of("/nowhere cannot be read", List.of("--handler", "echo", "-cp", "/nowhere")),
                Arguments.of("--backlog", List.of("--backlog", "0")),
                Arguments.of("Unknown option: '--nonsense'", List.of("--nonsense")));
    }

    @ParameterizedTest
    @MethodSource("usageErrors")
    void aUsageErrorIsOneLineWithAHint(String message, List<String> options) throws Exception {
        try (ForkdServer server = ForkdServer.launch(options.toArray(String[]::new))) {
            assertEquals(2, server.exitCode());
            assertEquals(2, server.log().size(), () -> "" + server.log());
            assertTrue(server.log().get(0).startsWith("forkd: "), () -> "" + server.log());
            assertTrue(server.log().get(0).contains(message), () -> "" + server.log());
            assertEquals("Try 'forkd serve --help' for more.", server.log().get(1));
        }
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/cat")) {
            fails(
                    "forkd: bind(" + server.address(0) + ") failed: EADDRINUSE (Address already in use)",
                    server.address(0));
        }
    }

    @Test
    void anAddressThatIsNotHere() throws Exception {
        fails("forkd: bind(192.0.2.1:7000) failed: EADDRNOTAVAIL (Cannot assign requested address)", "192.0.2.1:7000");
    }

    @Test
    void aFolderThatIsNotThere() throws Exception {
        fails("forkd: bind(unix:/nowhere/s) failed: ENOENT (No such file or directory)", "unix:/nowhere/s");
    }

    @Test
    void noPermission(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path closed = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        // Without capabilities even root is bound by the mode of a folder.
        List<String> wrapper = List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "unix:" + closed.resolve("s"))) {
            assertEquals(111, server.exitCode());
            assertEquals(
                    List.of("forkd: bind(unix:" + closed.resolve("s") + ") failed: EACCES (Permission denied)"),
                    server.log());
        }
    }

    @Test
    void aRegularFileInTheWayOfAUnixSocketIsLeftAlone(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("precious"), "data");
        fails("forkd: bind(unix:" + file + ") failed: EADDRINUSE (Address already in use)", "unix:" + file);
        assertEquals("data", Files.readString(file));
    }

    @Test
    void whenOneListenerFailsTheOthersAreClosed(@TempDir Path folder) throws Exception {
        Path good = folder.resolve("good");
        try (ForkdServer server = ForkdServer.launch("-l", "unix:" + good, "-l", "192.0.2.1:1", "--", "/bin/cat")) {
            assertEquals(111, server.exitCode());
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("listening")), () -> "" + server.log());
        }
        assertTrue(Files.notExists(good));
    }

    @Test
    void aCommandThatIsNotFound() throws Exception {
        try (ForkdServer server = ForkdServer.launch("-l", "127.0.0.1:0", "--", "no-such-command-here")) {
            assertEquals(111, server.exitCode());
            assertEquals(
                    List.of("forkd: execute(no-such-command-here) failed: ENOENT (No such file or directory)"),
                    server.log());
        }
    }

    @Test
    void aCommandThatIsNotExecutable(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("script"), "#!/bin/sh\n");
        try (ForkdServer server = ForkdServer.launch("-l", "127.0.0.1:0", "--", file.toString())) {
            assertEquals(111, server.exitCode());
            assertEquals(List.of("forkd: execute(" + file + ") failed: EACCES (Permission denied)"), server.log());
        }
    }

    @Test
    void aCommandThatVanishesCostsItsConnectionsAndNotTheServer(@TempDir Path folder) throws Exception {
        Path script = folder.resolve("script");
        write(script);
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", script.toString())) {
            Files.delete(script);
            try (Socket client = server.connect()) {
                assertEquals(-1, client.getInputStream().read());
            }
            String reject = server.await("reject", line -> line.startsWith("reject "));
            assertTrue(
                    reject.matches("reject id=1 peer=\\S+ reason=start error=\"posix_spawn\\(" + script
                            + "\\) failed: ENOENT \\(No such file or directory\\)\""),
                    reject);

            write(script);
            try (Socket client = server.connect()) {
                assertEquals('o', client.getInputStream().read());
            }
        }
    }

    @Test
    void theLimitOfOpenFilesAtTheStart() throws Exception {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            options.addAll(List.of("-l", "127.0.0.1:0"));
        }
        options.addAll(List.of("--", "/bin/cat"));
        try (ForkdServer server =
                ForkdServer.launchUnder(List.of("prlimit", "--nofile=64:64"), options.toArray(String[]::new))) {
            assertEquals(111, server.exitCode());
            assertEquals(1, server.log().size(), () -> "" + server.log());
            assertTrue(server.log().get(0).matches("forkd: .* failed: EMFILE \\(Too many open files\\)"));
        }
    }

    @Test
    void theLimitOfOpenFilesWhileServingIsWaitedOut() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/cat")) {
            String pid = Long.toString(server.pid());
            Commands.run("prlimit", "--pid", pid, "--nofile=3:");
            try (Socket client = server.connect()) {
                String warn = server.await("warn", line -> line.startsWith("warn message=\"accept"));
                assertTrue(warn.contains("EMFILE (Too many open files)"), warn);
                Commands.run("prlimit", "--pid", pid, "--nofile=1024:");
                WorkerProcessIT.ping(client);
            }
        }
    }

    private static void write(Path script) throws IOException {
        Files.writeString(script, "#!/bin/sh\necho ok\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void fails(String line, String address) throws IOException, InterruptedException {
        try (ForkdServer server = ForkdServer.launch("-l", address, "--", "/bin/cat")) {
            assertEquals(111, server.exitCode());
            assertEquals(List.of(line), server.log());
        }
    }
}
