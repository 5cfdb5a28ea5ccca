package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server of the model fork stops: its workers are asked and ended like all others, and the stem goes first. */
@Timeout(120)
class ForkShutdownIT {
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void theFirstSignalLetsWorkersFinish(String signal) throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
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

    @Test
    void afterTheDrainTimeTheWorkerIsAskedToEnd() throws Exception {
        try (ForkdServer server = ForkServers.echo("--drain-timeout", "200ms");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGTERM "));
        }
    }

    @Test
    void aStoppedWorkerEndsToo() throws Exception {
        try (ForkdServer server = ForkServers.echo("--drain-timeout", "200ms");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            Commands.run("kill", "-STOP", Long.toString(WorkerProcessIT.worker(server, 1)));
            server.signal("TERM");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGTERM "));
        }
    }

    @Test
    void theSecondSignalEndsAtOnce() throws Exception {
        try (ForkdServer server = ForkServers.echo("--drain-timeout", "1h");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            server.signal("TERM");
            server.await("stopping", line -> line.equals("stopping mode=smart live=1"));
            server.signal("INT");
            assertEquals(0, server.exitCode());
            server.await("end", line -> line.contains(" signal=SIGKILL "));
        }
    }
}
