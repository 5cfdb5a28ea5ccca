package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are told by a file what to do. */
@Timeout(120)
class ConfigIT {
    @TempDir
    private Path folder;

    @Test
    void aFileSaysWhatIsServedAndTheCommandLineCountsMore() throws Exception {
        String file = write(
                "listen = [\"127.0.0.1:0\", \"[::1]:0\"]",
                "max-connections = 5",
                "env = { ROLE = \"a b\" }",
                "command = [\"/usr/bin/env\"]");
        try (ForkdServer server = ForkdServer.serve("--config", file, "--max-connections", "7")) {
            server.await("listening", line -> line.startsWith("listening "), 2);
            String answer = nc(server.port());
            assertTrue(answer.contains("ROLE=a b\n"), answer);
            assertTrue(!answer.contains("FORKD_SERVICE="), answer);
            assertTrue(
                    server.await("accept", line -> line.startsWith("accept ")).endsWith(" live=1/7"));
        }
    }

    @Test
    void flagsStandInTheFileOrBesideIt() throws Exception {
        String command = "command = [\"/bin/grep\", \"-E\", \"^(NoNewPrivs|Seccomp):\", \"/proc/self/status\"]";
        assertEquals("NoNewPrivs:\t1\nSeccomp:\t2\n", served(List.of(command, "sandbox = true")));
        assertEquals("NoNewPrivs:\t1\nSeccomp:\t2\n", served(List.of(command), "--sandbox"));
        assertEquals("NoNewPrivs:\t1\nSeccomp:\t2\n", served(List.of(command, "sandbox = false"), "--sandbox"));
        assertEquals("NoNewPrivs:\t1\nSeccomp:\t0\n", served(List.of(command, "no-new-privileges = true")));
        assertEquals("NoNewPrivs:\t1\nSeccomp:\t0\n", served(List.of(command), "--no-new-privileges"));
        assertEquals("NoNewPrivs:\t0\nSeccomp:\t0\n", served(List.of(command, "sandbox = true"), "--sandbox=false"));
        assertEquals(
                "NoNewPrivs:\t0\nSeccomp:\t0\n",
                served(List.of(command, "sandbox = false", "no-new-privileges = false", "capabilities-drop = false")));
    }

    /** What a client gets of a server with this file and these options. */
    private String served(List<String> file, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0", "--config"));
        all.add(write(file.toArray(String[]::new)));
        all.addAll(List.of(options));
        try (ForkdServer server = ForkdServer.serve(all.toArray(String[]::new))) {
            return nc(server.port());
        }
    }

    @Test
    void severalServicesHaveTheirOwnListenersWorkersAndLimits() throws Exception {
        String file = write(
                "drain-timeout = \"5s\"",
                "[service.env]",
                "listen = [\"127.0.0.1:0\", \"unix:" + folder + "/s\"]",
                "command = [\"/usr/bin/env\"]",
                "max-connections = 3",
                "[service.pooled]",
                "listen = [\"127.0.0.1:0\"]",
                "model = \"pool\"",
                "connections-per-worker = 2",
                "pool-start-timeout = \"30s\"",
                "[service.forked]",
                "listen = [\"127.0.0.1:0\"]",
                "handler = \"echo\"");
        try (ForkdServer server = ForkdServer.serve("--config", file)) {
            List<String> listening = server.await("listening", line -> line.startsWith("listening "), 4);
            int env = port(listening, "env");

            assertTrue(nc(env).contains("\nFORKD_SERVICE=env\n"));
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        "hi",
                        Commands.runWithInput("hi", "nc", "-N", "127.0.0.1", "" + port(listening, "pooled"))
                                .output());
                assertEquals(
                        "hi",
                        Commands.runWithInput("hi", "nc", "-N", "127.0.0.1", "" + port(listening, "forked"))
                                .output());
                nc(env);
            }
            List<String> accepts = server.await("accept", line -> line.startsWith("accept "), 61);
            List<String> ends = server.await("end", line -> line.startsWith("end "), 61);
            assertEquals(
                    61,
                    ends.stream()
                            .map(line -> Events.field(line, "id"))
                            .distinct()
                            .count());
            assertEquals(
                    21,
                    ends.stream().filter(line -> line.endsWith(" service=env")).count());
            assertEquals(
                    20,
                    ends.stream()
                            .filter(line -> line.endsWith(" service=pooled"))
                            .count());
            // Each serves two, but for those that wait at the end: not more than a pool has.
            long workers = ends.stream()
                    .filter(line -> line.endsWith(" service=pooled"))
                    .map(line -> Events.field(line, "worker"))
                    .distinct()
                    .count();
            assertTrue(workers < 20, () -> workers + " workers for 20 connections");
            // The one before may not have been reaped yet: a client sees its end first.
            assertTrue(accepts.stream()
                    .allMatch(line -> line.endsWith(" service=env") == line.matches(".* live=[123]/3 .*")));
            Eventually.equal(List.of(), () -> Processes.zombiesOf(server.pid()));
        }
        assertTrue(Files.notExists(folder.resolve("s")));
    }

    @Test
    void aStopEndsAllServicesAndTheirWorkers() throws Exception {
        String file = write(
                "drain-timeout = \"200ms\"",
                "[service.a]",
                "listen = [\"127.0.0.1:0\"]",
                "command = [\"/bin/cat\"]",
                "[service.b]",
                "listen = [\"127.0.0.1:0\"]",
                "command = [\"/bin/cat\"]");
        try (ForkdServer server = ForkdServer.serve("--config", file)) {
            List<String> listening = server.await("listening", line -> line.startsWith("listening "), 2);
            try (var first = new Socket(InetAddress.getLoopbackAddress(), port(listening, "a"));
                    var second = new Socket(InetAddress.getLoopbackAddress(), port(listening, "b"))) {
                server.await("accept", line -> line.startsWith("accept "), 2);
                server.signal("TERM");
                assertEquals(-1, first.getInputStream().read());
                assertEquals(-1, second.getInputStream().read());
            }
            assertEquals(0, server.exitCode());
            assertEquals("stopped", server.log().get(server.log().size() - 1));
            assertEquals(
                    2,
                    server.log().stream()
                            .filter(line -> line.contains(" signal=SIGTERM "))
                            .count());
        }
    }

    @Test
    void whereOneServiceCannotListenNoneDoes() throws Exception {
        String file = write(
                "[service.a]",
                "listen = [\"unix:" + folder + "/a\"]",
                "command = [\"/bin/cat\"]",
                "[service.b]",
                "listen = [\"192.0.2.1:1\"]",
                "command = [\"/bin/cat\"]");
        try (ForkdServer server = ForkdServer.launch("--config", file)) {
            assertEquals(111, server.exitCode());
            assertEquals(
                    List.of("forkd: service b: bind(192.0.2.1:1) failed:"
                            + " EADDRNOTAVAIL (Cannot assign requested address)"),
                    server.log());
        }
        assertTrue(Files.notExists(folder.resolve("a")));
    }

    @Test
    void whereOneHandlerCannotBeWarmedItsServiceIsNamed() throws Exception {
        String file = write(
                "[service.a]",
                "listen = [\"unix:" + folder + "/a\"]",
                "command = [\"/bin/cat\"]",
                "[service.b]",
                "listen = [\"unix:" + folder + "/b\"]",
                "model = \"fork\"",
                "classpath = \"" + EchoIT.testClasses() + "\"",
                "handler = \"" + BadHandlers.ThrowsInWarmUp.class.getName() + "\"");
        try (ForkdServer server = ForkdServer.launch("--config", file)) {
            assertEquals(1, server.exitCode());
            String last = server.log().get(server.log().size() - 1);
            assertTrue(last.startsWith("forkd: service b: "), () -> "" + server.log());
        }
        assertTrue(Files.notExists(folder.resolve("a")));
        assertTrue(Files.notExists(folder.resolve("b")));
    }

    @Test
    void aBadFileIsAUsageErrorWithItsPlace() throws Exception {
        String file = write("listen = [\"127.0.0.1:0\"]", "max-connection = 3");
        try (ForkdServer server = ForkdServer.launch("--config", file)) {
            assertEquals(2, server.exitCode());
            assertEquals(
                    "forkd: " + file + ":2:1: there is no key 'max-connection'; did you mean 'max-connections'?",
                    server.log().get(0));
        }
    }

    private static int port(List<String> listening, String service) {
        String line = listening.stream()
                .filter(one -> one.endsWith(" service=" + service) && one.contains("addr=127.0.0.1:"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(Events.field(line, "addr").substring("127.0.0.1:".length()));
    }

    private static String nc(int port) throws IOException, InterruptedException {
        return Commands.run("nc", "-d", "127.0.0.1", "" + port).output();
    }

    private String write(String... lines) throws IOException {
        return Files.writeString(folder.resolve("forkd.toml"), String.join("\n", lines) + "\n")
                .toString();
    }
}
