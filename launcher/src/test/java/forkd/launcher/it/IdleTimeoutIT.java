package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers whose connection is quiet for too long. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class IdleTimeoutIT {
    @ParameterizedTest
    @ValueSource(strings = {"fork", "spawn"})
    void aQuietConnectionIsEndedAndABusyOneIsNot(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve("-m", model, "-l", "127.0.0.1:0", "--idle-timeout", "4s");
                Socket busy = server.connect();
                Socket quiet = server.connect()) {
            WorkerProcessIT.ping(busy);
            WorkerProcessIT.ping(quiet);
            String peer = " peer=127.0.0.1:" + quiet.getLocalPort() + " ";
            long id = Events.number(
                    server.await("accept", line -> line.startsWith("accept ") && line.contains(peer)), "id");
            Thread pinger = new Thread(() -> pingUntilTheOtherEnds(busy, server));
            pinger.start();

            assertEquals(-1, quiet.getInputStream().read());
            pinger.join();
            String end = server.await("end", line -> line.startsWith("end "));
            assertTrue(end.startsWith("end id=" + id + " ") && end.contains(" reason=idle-timeout "), end);
            WorkerProcessIT.ping(busy);
            busy.shutdownOutput();
            String second =
                    server.await("end", line -> line.startsWith("end "), 2).get(1);
            assertTrue(!second.contains(" reason="), second);
        }
    }

    private static void pingUntilTheOtherEnds(Socket busy, ForkdServer server) {
        try {
            while (server.log().stream().noneMatch(line -> line.startsWith("end "))) {
                WorkerProcessIT.ping(busy);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        } catch (IOException e) {
            throw new AssertionError(e); // the end of the other, which the test waits for, tells more
        }
    }

    /** Output alone is traffic as well, as long as the client takes it. */
    @Test
    void aClientThatOnlyReadsIsNotIdleUntilItReadsNoMore() throws Exception {
        try (ForkdServer server = serve("2s", "yes");
                Socket client = server.connect()) {
            byte[] buffer = new byte[1 << 16];
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            while (System.nanoTime() < until) {
                assertTrue(client.getInputStream().read(buffer) > 0);
                LockSupport.parkNanos(
                        TimeUnit.MILLISECONDS.toNanos(1)); // the others of this class want the processor, too
            }
            assertEquals(
                    0,
                    server.log().stream()
                            .filter(line -> line.startsWith("end "))
                            .count());

            server.await("end", line -> line.contains(" reason=idle-timeout "));
        }
    }

    @Test
    void aWorkerThatHasClosedItsConnectionAndLivesOnIsEndedToo() throws Exception {
        try (ForkdServer server = serve("1s", "exec sleep 600 </dev/null >/dev/null");
                Socket client = server.connect()) {
            assertEquals(-1, client.getInputStream().read(), "nobody holds the connection back");

            server.await("end", line -> line.contains(" reason=idle-timeout "));
        }
    }

    @Test
    void aWorkerThatIgnoresItIsKilled() throws Exception {
        try (ForkdServer server = serve("500ms", "trap '' TERM; cat");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);

            String end = server.await("end", line -> line.startsWith("end "));
            assertTrue(end.contains(" signal=SIGKILL reason=idle-timeout "), end);
        }
    }

    @Test
    void theClientReadsTheEndAsSoonAsItsWorkerHasClosed() throws Exception {
        try (ForkdServer server = serve("10m", "echo bye; exec 0<&- 1>&-; sleep 600 & wait");
                Socket client = server.connect()) {
            assertEquals("bye\n", new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            server.signal("TERM");
            server.await("stopping", line -> line.equals("stopping mode=smart live=1"));
            server.signal("INT");
            assertEquals(0, server.exitCode());
        }
    }

    @Test
    void itIsRefusedForAUnixSocket(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        try (ForkdServer server = ForkdServer.launch(
                "-l", "127.0.0.1:0", "-l", "unix:" + path, "--idle-timeout", "1m", "--", "/bin/cat")) {
            assertEquals(2, server.exitCode());
            assertEquals(
                    "forkd: --idle-timeout cannot be applied to unix:" + path
                            + ": the kernel does not count the bytes of a Unix socket; leave it out, or listen on TCP",
                    server.log().get(0));
        }
    }

    private static ForkdServer serve(String timeout, String script) throws Exception {
        return LimitsIT.serve(List.of("--idle-timeout", timeout), "/bin/sh", "-c", script);
    }
}
