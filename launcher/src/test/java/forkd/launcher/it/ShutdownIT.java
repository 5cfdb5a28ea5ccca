package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server stops, and what it leaves. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class ShutdownIT {
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void theFirstSignalLetsWorkersFinish(String signal) throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/cat")) {
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                server.signal(signal);
                server.await("stopping", line -> line.equals("stopping mode=smart live=1"));
                assertThrows(ConnectException.class, server::connect);
                WorkerProcessIT.ping(client);
            }
            assertEquals(0, server.exitCode());
            assertEquals("stopped", server.log().get(server.log().size() - 1));
            assertTrue(server.log().stream().anyMatch(line -> line.matches("end id=1 worker=\\d+ exit=0 .*")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool"})
    void aSignalDuringTheStartEndsItAndLeavesNoSocket(String model, @TempDir Path folder) throws Exception {
        Path socket = folder.resolve("socket");
        Path warming = folder.resolve("warming");
        try (ForkdServer server = ForkdServer.launch(
                "-l",
                "unix:" + socket,
                "--model",
                model,
                "--handler",
                BadHandlers.SlowWarmUp.class.getName(),
                "-cp",
                EchoIT.testClasses(),
                "-J-Dwarming=" + warming)) {
            Eventually.equal(true, () -> Files.exists(warming));
            assertTrue(Files.exists(socket));
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            assertTrue(Files.notExists(socket));
            assertEquals("stopped", server.log().get(server.log().size() - 1));
        }
    }

    @Test
    void aSecondSignalDoesNotWaitForWorkersThatStart(@TempDir Path folder) throws Exception {
        Path hang = folder.resolve("hang");
        try (ForkdServer server = PoolIT.readyUnless(hang, "60s")) {
            Files.createFile(hang);
            try (Socket one = server.connect();
                    Socket two = server.connect()) {
                assertEquals("ready", new String(one.getInputStream().readNBytes(5), StandardCharsets.UTF_8));
                Eventually.equal(1, () -> Processes.connectionsOf(server.pid()).size()); // the first is its worker's
                server.signal("TERM");
                Eventually.equal(false, () -> accepts(server)); // or the kernel would make one signal of the two
                server.signal("TERM");
                assertEquals(0, server.exitCode());
                server.await("warn", line -> line.contains(" connections had no worker yet"));
                assertEquals(-1, two.getInputStream().read());
            }
        }
    }

    private static boolean accepts(ForkdServer server) throws IOException {
        try {
            server.connect().close();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Test
    void afterTheDrainTimeTheWorkerIsAskedToEnd() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--drain-timeout", "200ms", "--", "/bin/cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGTERM "));
        }
    }

    @Test
    void whileWorkersFinishTheirLifetimeEndsAsEver() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                        "-l", "127.0.0.1:0", "--drain-timeout", "1h", "--max-lifetime", "1s", "--", "/bin/cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGTERM reason=max-lifetime "));
        }
    }

    @Test
    void aStoppedWorkerEndsToo() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--drain-timeout", "200ms", "--", "/bin/cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            Commands.run("kill", "-STOP", Long.toString(WorkerProcessIT.worker(server, 1)));
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGTERM "));
        }
    }

    @Test
    void aWorkerThatIgnoresTheRequestIsKilled() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                        "-l", "127.0.0.1:0", "--drain-timeout", "200ms", "--", "/bin/sh", "-c", "trap '' TERM; cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGKILL "));
        }
    }

    @Test
    void theSecondSignalEndsAtOnce() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--drain-timeout", "1h", "--", "/bin/cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            server.signal("TERM");
            server.await("stopping", line -> line.equals("stopping mode=smart live=1"));
            server.signal("INT");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGKILL "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "spawn"})
    void aWorkerThatLivesTooLongIsEndedAndTheOthersAreNot(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve("-m", model, "-l", "127.0.0.1:0", "--max-lifetime", "4s")) {
            try (Socket idle = server.connect()) {
                WorkerProcessIT.ping(idle);
                assertEquals("short", EchoIT.nc("short", "127.0.0.1", server.port()));
                assertEquals(-1, idle.getInputStream().read());
            }
            String first = server.await("end 1", line -> line.startsWith("end id=1 "));
            assertTrue(first.contains(" reason=max-lifetime "), first);
            String second = server.await("end 2", line -> line.startsWith("end id=2 "));
            assertTrue(second.contains(" exit=0 ") && !second.contains("reason="), second);
        }
    }

    @Test
    void aWorkerThatIgnoresTheEndOfItsTimeIsKilled() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                        "-l", "127.0.0.1:0", "--max-lifetime", "200ms", "--", "/bin/sh", "-c", "trap '' TERM; cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            String end = server.await("end", line -> line.startsWith("end "));
            assertTrue(end.contains(" signal=SIGKILL reason=max-lifetime "), end);
        }
    }

    @Test
    void aStaleSocketFileIsTakenOver(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        try (ForkdServer killed = ForkdServer.serve("-l", "unix:" + path, "--", "/bin/cat")) {
            killed.signal("KILL");
            assertEquals(137, killed.exitCode());
        }
        assertTrue(Files.exists(path));
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + path, "--", "/bin/cat")) {
            assertEquals(
                    "x",
                    Commands.runWithInput("x", "nc", "-N", "-U", path.toString())
                            .output());
            assertEquals("unix:" + path, server.address(0));
        }
    }

    @Test
    void aLiveSocketFileIsNotTakenOver(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        try (ForkdServer server = ForkdServer.serve("-l", "unix:" + path, "--", "/bin/cat")) {
            try (ForkdServer second = ForkdServer.launch("-l", "unix:" + path, "--", "/bin/cat")) {
                assertEquals(111, second.exitCode());
                second.await("the reason", line -> line.contains("EADDRINUSE"));
            }
            assertEquals(
                    "x",
                    Commands.runWithInput("x", "nc", "-N", "-U", path.toString())
                            .output());
            assertEquals("unix:" + path, server.address(0));
        }
    }
}
