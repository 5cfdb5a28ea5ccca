package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Model pool: JVMs that were started ahead. */
@Timeout(120)
class PoolIT {
    @Test
    void aWaitingJvmTakesTheConnectionAndAnotherIsStarted() throws Exception {
        try (ForkdServer server = pool()) {
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                long worker = WorkerProcessIT.worker(server, 1);
                assertEquals("forkd: worker 1 echo 127.0.0.1:" + client.getLocalPort(), Processes.commandLine(worker));
                assertTrue(Processes.childrenOf(server.pid()).contains(worker));
            }
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
            for (int i = 2; i <= 6; i++) {
                assertEquals("again", EchoIT.nc("again", "127.0.0.1", server.port()));
            }
            server.await("ends", line -> line.startsWith("end ") && line.contains(" exit=0 "), 6);
        }
    }

    @Test
    void aPooledWorkerHoldsNeitherTheQueueNorAnotherConnection() throws Exception {
        try (ForkdServer server = pool();
                Socket one = server.connect();
                Socket two = server.connect()) {
            WorkerProcessIT.ping(one);
            WorkerProcessIT.ping(two);
            Map<Integer, String> open = new TreeMap<>(Processes.descriptorsOf(WorkerProcessIT.worker(server, 2)));
            assertEquals(open.get(0), open.get(1));
            List.of(0, 1, 2).forEach(open::remove);
            for (String target : open.values()) {
                assertTrue(!target.startsWith("socket:") && !target.startsWith("anon_inode:"), () -> "open: " + open);
            }
        }
    }

    @Test
    void aWaitingJvmHoldsNothingOfItsRehearsal() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "-m", "pool", "--pool-min-spare", "1")) {
            long waiting = Processes.childrenOf(server.pid()).get(0);
            assertEquals("forkd: worker waiting echo", Processes.commandLine(waiting));
            Map<Integer, String> open = Processes.descriptorsOf(waiting);
            assertEquals("/dev/null", open.get(0));
            assertEquals("/dev/null", open.get(1));
            assertEquals(Processes.descriptorsOf(server.pid()).get(2), open.get(2));
            List<Integer> sockets = open.keySet().stream()
                    .filter(number -> open.get(number).startsWith("socket:"))
                    .toList();
            assertEquals(List.of(4), sockets, () -> "open: " + open); // the queue
        }
    }

    @Test
    void shutdownHooksOfAHandlerRun() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "-m",
                "pool",
                "--handler",
                LastWordsHandler.class.getName(),
                "-cp",
                EchoIT.testClasses())) {
            assertEquals("", EchoIT.nc("", "127.0.0.1", server.port()));
            server.await("log", line -> line.startsWith("log id=1 ") && line.contains("last words"));
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
        }
    }

    @Test
    void moreClientsThanWaitingJvmsAreAllServed() throws Exception {
        try (ForkdServer server = pool()) {
            Socket[] clients = new Socket[8];
            try {
                for (int i = 0; i < clients.length; i++) {
                    clients[i] = server.connect();
                }
                for (Socket client : clients) {
                    WorkerProcessIT.ping(client);
                }
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
            server.await("ends", line -> line.startsWith("end ") && line.contains(" exit=0 "), clients.length);
        }
    }

    @Test
    void aKilledWaitingJvmIsReplaced() throws Exception {
        try (ForkdServer server = pool()) {
            for (long waiting : Processes.childrenOf(server.pid())) {
                Commands.run("kill", "-9", Long.toString(waiting));
            }
            assertEquals("served", EchoIT.nc("served", "127.0.0.1", server.port()));
        }
    }

    @Test
    void aHandlerThatCannotBeMadeIsOneLineAndNoLoop() throws Exception {
        try (ForkdServer server = ForkdServer.launch(
                "-l",
                "127.0.0.1:0",
                "-m",
                "pool",
                "--handler",
                UnmakeableHandler.class.getName(),
                "-cp",
                EchoIT.testClasses())) {
            assertEquals(1, server.exitCode());
            assertTrue(
                    server.log().stream()
                            .anyMatch(line -> line.startsWith("forkd: ")
                                    && line.contains("no worker of the pool gets ready")
                                    && line.contains("on purpose")),
                    () -> "" + server.log());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aHandlerThatNeverGetsReadyIsOneLineAndNoWait() throws Exception {
        try (ForkdServer server = ForkdServer.launch(
                "-l",
                "127.0.0.1:0",
                "-m",
                "pool",
                "--pool-start-timeout",
                "2s",
                "--handler",
                BadHandlers.NeverReady.class.getName(),
                "-cp",
                EchoIT.testClasses())) {
            assertEquals(1, server.exitCode());
            assertTrue(
                    server.log().stream()
                            .anyMatch(line -> line.startsWith("forkd: ")
                                    && line.contains("no worker of the pool gets ready")
                                    && line.contains("it was killed after 2.0 s")),
                    () -> "" + server.log());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aWorkerThatHangsLaterIsKilledAndReplaced(@TempDir Path folder) throws Exception {
        Path hang = folder.resolve("hang");
        try (ForkdServer server = readyUnless(hang, "8s")) {
            Files.createFile(hang);
            assertEquals("ready", EchoIT.nc("", "127.0.0.1", server.port()));
            server.await("warn", line -> line.startsWith("warn ") && line.contains("it was killed after 8.0 s"));
            Files.delete(hang);
            assertEquals("ready", EchoIT.nc("", "127.0.0.1", server.port()));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aReloadStartsAnewWhoIsStarting(@TempDir Path folder) throws Exception {
        Path hang = folder.resolve("hang");
        try (ForkdServer server = readyUnless(hang, "60s")) {
            Files.createFile(hang);
            assertEquals("ready", EchoIT.nc("", "127.0.0.1", server.port()));
            Eventually.equal(1, () -> Processes.childrenOf(server.pid()).size());
            Files.delete(hang); // it has been seen, or it is as if it had never been there
            Commands.run("kill", "-HUP", Long.toString(server.pid()));
            assertEquals("ready", EchoIT.nc("", "127.0.0.1", server.port()));
            assertTrue(server.log().stream().noneMatch(Events::isWarning), () -> "" + server.log());
        }
    }

    @Test
    void whereTheOneThatWaitsIsStoppedAnotherTakesTheConnection() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "-m", "pool", "--pool-min-spare", "1")) {
            Processes.stop(Processes.childrenOf(server.pid()).get(0));
            assertEquals("served", EchoIT.nc("served", "127.0.0.1", server.port()));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aConnectionThatNobodyTakesIsGivenUpWithThoseThatShould(@TempDir Path folder) throws Exception {
        Path hang = folder.resolve("hang");
        try (ForkdServer server = readyUnless(hang, "60s")) {
            long waiting = Processes.childrenOf(server.pid()).get(0);
            Files.createFile(hang);
            Processes.stop(waiting);
            try (Socket client = server.connect()) {
                assertEquals(-1, client.getInputStream().read(), "no copy of the connection is left");
            }
            server.await("reject", line -> line.startsWith("reject id=1 "));
            server.await("warn", line -> line.contains(" " + waiting + " is killed: it does not take connections"));
            Files.delete(hang);
            assertEquals("ready", EchoIT.nc("", "127.0.0.1", server.port()));
            assertTrue(server.await("accept", line -> line.startsWith("accept id=2 "))
                    .contains(" live=1/"));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void noMoreWaitThanMayWait() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "-m",
                "pool",
                "--pool-min-spare",
                "1",
                "--pool-max-spare",
                "2",
                "--connections-per-worker",
                "100")) {
            try (Crowd crowd = Crowd.staying(server, 5, "127.0.0.1")) {
                assertEquals(5, Crowd.count(crowd.answers(5), Crowd.SERVED));
            }
            server.await("ends", line -> line.startsWith("end "), 5);
            Eventually.equal(2, () -> Processes.childrenOf(server.pid()).size());
        }
    }

    static ForkdServer readyUnless(Path hang, String timeout) throws Exception {
        return ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "-m",
                "pool",
                "--pool-min-spare",
                "1",
                "--pool-start-timeout",
                timeout,
                "--handler",
                BadHandlers.ReadyUnless.class.getName(),
                "-cp",
                EchoIT.testClasses(),
                "--env",
                "HANG=" + hang);
    }

    private static ForkdServer pool() throws Exception {
        return ForkdServer.serve("-l", "127.0.0.1:0", "-m", "pool");
    }
}
