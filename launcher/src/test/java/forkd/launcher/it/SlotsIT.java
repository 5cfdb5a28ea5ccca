package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A slot is free again however its worker ended. A source has three here: if one of them were lost at each end, the fourth
 * connection would be closed at the latest.
 */
@Timeout(180)
class SlotsIT {
    private static final String NOBODY_ELSE = "64125";
    private static final int SHARE = 3;
    private static final int ROUNDS = 4 * SHARE;
    private static final List<String> LIMITS =
            List.of("--max-connections", "100", "--max-per-source", SHARE + ":close");

    @TempDir
    private Path folder;

    @Test
    void aWorkerThatExitsOrDiesGivesItsSlotBack() throws Exception {
        String script = "while read x; do case $x in exit) exit 7;; die) kill -SEGV $$;; *) echo $x;; esac; done";
        try (ForkdServer server = LimitsIT.serve(LIMITS, "/bin/sh", "-c", script)) {
            for (int i = 0; i < ROUNDS; i++) {
                end(server, i % 2 == 0 ? "exit" : "die");
                server.await("end", line -> line.startsWith("end "), i + 1);
            }
            theWholeShareIsThere(server);
        }
    }

    @Test
    void aWorkerThatIsKilledGivesItsSlotBack() throws Exception {
        try (ForkdServer server = LimitsIT.serve(LIMITS, "/bin/cat")) {
            for (int i = 1; i <= ROUNDS; i++) {
                try (Socket client = server.connect()) {
                    WorkerProcessIT.ping(client);
                    Commands.run("kill", "-KILL", Long.toString(WorkerProcessIT.worker(server, i)));
                    server.await("end", line -> line.startsWith("end "), i);
                }
            }
            theWholeShareIsThere(server);
        }
    }

    @Test
    void aWorkerThatCannotBeStartedGivesItsSlotBack() throws Exception {
        Path program = folder.resolve("program");
        try (ForkdServer server = serveCopyOfCat(program)) {
            Path away = Files.move(program, folder.resolve("away"));
            for (int i = 1; i <= ROUNDS; i++) {
                try (Socket client = server.connect()) {
                    assertEquals(-1, client.getInputStream().read());
                }
            }
            Eventually.equal((long) ROUNDS, () -> LimitsIT.refused(server, "start"));
            Files.move(away, program);
            theWholeShareIsThere(server);
        }
    }

    private static ForkdServer serveCopyOfCat(Path program) throws IOException, InterruptedException {
        Files.copy(Path.of("/bin/cat"), program);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return LimitsIT.serve(LIMITS, program.toString());
    }

    @Test
    void aWorkerWhoseTimeIsOverGivesItsSlotBack() throws Exception {
        try (ForkdServer server = LimitsIT.serve(
                List.of("--max-per-source", SHARE + ":close", "--idle-timeout", "3s"), "/bin/sh", "-c", "cat")) {
            for (int i = 1; i <= 2; i++) {
                try (Crowd crowd = Crowd.staying(server, SHARE, "127.0.0.1")) {
                    assertEquals(SHARE, Crowd.count(crowd.answers(SHARE), Crowd.SERVED));
                    server.await("end", line -> line.contains(" reason=idle-timeout "), i * SHARE);
                }
            }
            theWholeShareIsThere(server);
        }
    }

    @Test
    void aStemThatIsKilledTakesNoSlotAlong() throws Exception {
        try (ForkdServer server = ForkServers.echo(LIMITS.toArray(String[]::new))) {
            for (int i = 1; i <= SHARE + 1; i++) {
                long stem = ForkServers.stem(server);
                // Stopped, it takes connections and starts no worker; then it is gone.
                Processes.stop(stem);
                try (Crowd crowd = Crowd.staying(server, SHARE, "127.0.0.1")) {
                    Commands.run("kill", "-KILL", Long.toString(stem));
                    assertEquals(SHARE, Crowd.count(crowd.answers(SHARE), Crowd.SERVED));
                }
                server.await("stem", line -> line.startsWith("stem "), i + 1);
                server.await("end", line -> line.startsWith("end "), i * SHARE);
            }
            theWholeShareIsThere(server);
        }
    }

    /** In the middle of a connection, or while it waits for the next. */
    @Test
    void aReusedWorkerGivesItsSlotBackWhereverItEnds() throws Exception {
        try (ForkdServer server = pool("--connections-per-worker", "5")) {
            for (int i = 1; i <= ROUNDS; i++) {
                String worker;
                try (Socket client = server.connect()) {
                    WorkerProcessIT.ping(client);
                    worker = Long.toString(WorkerProcessIT.worker(server, i));
                    if (i % 3 == 0) {
                        Commands.run("kill", "-KILL", worker);
                    }
                }
                server.await("end", line -> line.startsWith("end "), i);
                if (i % 3 == 1) {
                    Commands.run("kill", "-KILL", worker);
                }
            }
            theWholeShareIsThere(server);
        }
    }

    /** With connections that were sent to it and that it has not taken. */
    @Test
    void aWaitingWorkerThatIsKilledTakesNoSlotAlong() throws Exception {
        try (ForkdServer server = pool("--pool-max-spare", "1")) {
            for (int i = 1; i <= SHARE + 1; i++) {
                Eventually.equal(true, () -> !waiting(server).isEmpty());
                long stopped = waiting(server).get(0);
                Processes.stop(stopped);
                try (Crowd crowd = Crowd.staying(server, SHARE, "127.0.0.1")) {
                    Commands.run("kill", "-KILL", Long.toString(stopped));
                    assertEquals(SHARE, Crowd.count(crowd.answers(SHARE), Crowd.SERVED));
                }
                server.await("end", line -> line.startsWith("end "), i * SHARE);
            }
            theWholeShareIsThere(server);
        }
    }

    private static ForkdServer pool(String... more) throws Exception {
        List<String> options = new ArrayList<>(LIMITS);
        options.addAll(List.of("-l", "127.0.0.1:0", "--model", "pool", "--pool-min-spare", "1"));
        options.addAll(List.of(more));
        return ForkdServer.serve(options.toArray(String[]::new));
    }

    private static List<Long> waiting(ForkdServer server) throws IOException {
        return Processes.childrenTitled(server.pid(), "forkd: worker waiting");
    }

    /** Its user may not have one process more. */
    @Test
    void aForkThatFailsGivesItsSlotBack() throws Exception {
        PrivilegesIT.asRoot();
        List<String> options = new ArrayList<>(LIMITS);
        options.addAll(List.of("--user", NOBODY_ELSE, "--group", NOBODY_ELSE, "--rlimit", "nproc=20"));
        Process others = null;
        try (ForkdServer server = ForkServers.echo(options.toArray(String[]::new))) {
            // The stem and a shell; no more is left.
            String fill = "i=2; while [ $i -lt 20 ]; do sleep 600 & i=$((i+1)); done; wait";
            others =
                    new ProcessBuilder("setpriv", "--reuid=" + NOBODY_ELSE, "--clear-groups", "sh", "-c", fill).start();
            Eventually.equal(20L, () -> processesOf(NOBODY_ELSE));
            for (int i = 1; i <= ROUNDS; i++) {
                try (Socket client = server.connect()) {
                    assertEquals(-1, client.getInputStream().read());
                }
            }
            Eventually.equal((long) ROUNDS, () -> LimitsIT.refused(server, "start"));
            others.destroy();
            Commands.run("pkill", "-KILL", "-x", "-u", NOBODY_ELSE, "sleep");
            Eventually.equal(1L, () -> processesOf(NOBODY_ELSE));
            theWholeShareIsThere(server);
        } finally {
            if (others != null) {
                others.destroyForcibly();
            }
            Commands.run("pkill", "-KILL", "-u", NOBODY_ELSE);
        }
    }

    private static long processesOf(String user) throws Exception {
        return Commands.run("ps", "-o", "pid=", "-U", user).output().lines().count();
    }

    /** Stopped, it takes connections and starts no worker. They are given up, and whoever goes on later has none of them. */
    @Test
    void aStemThatIsStoppedTakesNoSlotAlong() throws Exception {
        try (ForkdServer server = ForkServers.echo(LIMITS.toArray(String[]::new))) {
            long stem = ForkServers.stem(server);
            Processes.stop(stem);
            try (Crowd crowd = Crowd.staying(server, SHARE, "127.0.0.1")) {
                assertEquals(SHARE, Crowd.count(crowd.answers(SHARE), Crowd.CLOSED));
            }
            Commands.run("kill", "-CONT", Long.toString(stem));

            server.await("stem", line -> line.startsWith("stem ") && line.contains(" reason=death "));
            Eventually.equal(false, () -> Processes.lives(stem));
            assertEquals(SHARE, LimitsIT.refused(server, "start"));
            theWholeShareIsThere(server);
            // A client may be answered before the launcher knows its worker, but no worker ends before that.
            ForkServers.onlyTheStemIsLeft(server, SHARE);
            assertEquals(
                    SHARE,
                    server.log().stream()
                            .filter(line -> line.startsWith("accept "))
                            .count());
        }
    }

    @Test
    void aClientThatLeavesWhileItWaitsGivesItsPlaceBack() throws Exception {
        try (ForkdServer server =
                LimitsIT.serve(List.of("--max-connections", "100", "--max-per-source", SHARE + ":queue"), "/bin/cat")) {
            for (int i = 0; i < 3; i++) {
                try (Crowd crowd = Crowd.staying(server, 2 * SHARE, "127.0.0.1")) {
                    assertEquals(SHARE, Crowd.count(crowd.answers(SHARE), Crowd.SERVED));
                }
                // Those that waited get workers, too, which read the end of file.
                server.await("end", line -> line.startsWith("end "), (i + 1) * 2 * SHARE);
            }
            try (Crowd crowd = Crowd.staying(server, SHARE, "127.0.0.1")) {
                assertEquals(SHARE, Crowd.count(crowd.answers(SHARE), Crowd.SERVED));
            }
        }
    }

    @Test
    void aConnectionThatHasWaitedLeavesAsManyDescriptorsAsOneThatHasNot() throws Exception {
        try (ForkdServer server =
                LimitsIT.serve(List.of("--max-connections", "100", "--max-per-source", "1:queue"), "/bin/cat")) {
            try (Crowd crowd = Crowd.leaving(server, 1, "127.0.0.1")) {
                assertEquals(List.of(Crowd.SERVED), crowd.answers(1));
            }
            server.await("end", line -> line.startsWith("end "), 1);
            List<String> before = Processes.openOf(server.pid());
            try (Crowd crowd = Crowd.leaving(server, 2, "127.0.0.1")) {
                assertEquals(List.of(Crowd.SERVED, Crowd.SERVED), crowd.answers(2));
            }
            server.await("end", line -> line.startsWith("end "), 3);
            Eventually.equal(before, () -> Processes.openOf(server.pid()));
        }
    }

    // What a few thousand connections over every limit leave behind: nothing.
    @Test
    void connectionsOverTheLimitsLeaveNothing() throws Exception {
        Flood.run(3000, folder);
    }

    private static void end(ForkdServer server, String how) throws IOException {
        try (Socket client = server.connect()) {
            client.getOutputStream().write((how + "\n").getBytes(StandardCharsets.US_ASCII));
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private static void theWholeShareIsThere(ForkdServer server) throws Exception {
        try (Crowd crowd = Crowd.staying(server, SHARE, "127.0.0.1")) {
            List<String> answers = crowd.answers(SHARE);
            assertEquals(SHARE, Crowd.count(answers, Crowd.SERVED), () -> answers + " " + server.log());
            try (Socket oneMore = server.connect()) {
                assertTrue(isEnd(oneMore), "the share is no more than that");
            }
        }
    }

    private static boolean isEnd(Socket client) throws IOException {
        client.getOutputStream().write('x');
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // reset: closed with our byte unread
        }
    }
}
