package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Each limit at its border, under 200 clients at once: counts, never times. */
@Timeout(120)
class LimitsIT {
    static final int CLIENTS = 200;
    private static final String HERE = "127.0.0.1";
    private static final String ELSEWHERE = "127.0.0.2";
    private static final String ADMIN = "127.0.0.9";

    @Test
    void aFullServerClosesTheOthersAndCountsThemAll() throws Exception {
        try (ForkdServer server = cat("--max-connections", "20:close", "--max-per-source", "none");
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            List<String> answers = crowd.answers(CLIENTS);

            assertEquals(20, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(180, Crowd.count(answers, Crowd.CLOSED), () -> "" + answers);
            Eventually.equal(180L, () -> refused(server, "max-connections"));
            assertTrue(rejectLines(server) < 180, "a flood has no line for each");
        }
    }

    @Test
    void aFullServerTellsTheOthersWhatItIsToldTo() throws Exception {
        String text = "Sorry, no: try again (later)";
        try (ForkdServer server = cat("--max-connections", "20:reject=" + text, "--max-per-source", "none");
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            List<String> answers = crowd.answers(CLIENTS);

            assertEquals(20, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(180, Crowd.count(answers, text), () -> "" + answers);
        }
    }

    @Test
    void aFullServerLetsTheOthersWaitUntilThereIsRoom() throws Exception {
        try (ForkdServer server = cat("--max-connections", "20", "--max-per-source", "none")) {
            try (Crowd crowd = Crowd.leaving(server, CLIENTS, HERE)) {
                assertEquals(CLIENTS, Crowd.count(crowd.answers(CLIENTS), Crowd.SERVED));
            }
            server.await("end", line -> line.startsWith("end "), CLIENTS);
            assertTrue(
                    server.log().stream()
                            .filter(line -> line.startsWith("accept "))
                            .map(line -> Events.field(line, "live"))
                            .allMatch(live -> live.endsWith("/20") && Integer.parseInt(live.split("/", 2)[0]) <= 20),
                    () -> "" + server.log());
        }
    }

    /** By default; and whoever holds all that he can get hinders nobody else. */
    @Test
    void oneSourceNeverGetsMoreThanHalf() throws Exception {
        try (ForkdServer server = cat("--max-connections", "40");
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            List<String> answers = crowd.answers(CLIENTS);
            assertEquals(20, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(180, Crowd.count(answers, Crowd.CLOSED), () -> "" + answers);
            // Before the others go: those of them who still wait then come in faster than their first ones end.
            Eventually.equal(180L, () -> refused(server, "max-per-source"));

            try (Crowd others = Crowd.staying(server, CLIENTS, ELSEWHERE)) {
                assertTrue(Crowd.count(others.answers(20), Crowd.SERVED) == 20);
            }
        }
    }

    @Test
    void oneSourceGetsNoMoreThanHalfOfWhatAdministratorsLeave() throws Exception {
        try (ForkdServer server = cat("--max-connections", "7", "--admin-from", ADMIN);
                Crowd crowd = Crowd.staying(server, 10, HERE)) {
            List<String> answers = crowd.answers(10);
            assertEquals(2, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(8, Crowd.count(answers, Crowd.CLOSED), () -> "" + answers);
        }
    }

    @Test
    void aMuteClientHoldsNoMoreThanItsShare() throws Exception {
        try (ForkdServer server = cat("--max-connections", "4", "--max-per-source", "3:queue")) {
            List<Socket> mute = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                mute.add(server.connectFrom(HERE));
            }
            try (Crowd others = Crowd.leaving(server, CLIENTS, ELSEWHERE)) {
                assertEquals(CLIENTS, Crowd.count(others.answers(CLIENTS), Crowd.SERVED));
            }
            for (Socket socket : mute) {
                socket.close();
            }
        }
    }

    @Test
    void aSourceOverItsShareMayWait() throws Exception {
        try (ForkdServer server = cat("--max-connections", "100", "--max-per-source", "10:queue");
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            List<String> answers = crowd.answers(CLIENTS - 10);
            assertEquals(10, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(180, Crowd.count(answers, Crowd.CLOSED), () -> "" + answers);
            assertTrue(crowd.isSilent(), "ten wait");

            crowd.sendServedAway();

            assertEquals(10, Crowd.count(crowd.answers(10), Crowd.SERVED));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aRateThatQueuesServesEverybodyAndNeverTooManyAtOnce() throws Exception {
        try (ForkdServer server = cat("--rate", "100/s,10")) {
            long start = System.nanoTime();
            try (Crowd crowd = Crowd.leaving(server, CLIENTS, HERE)) {
                for (int served = 1; served <= CLIENTS; served++) {
                    assertEquals(List.of(Crowd.SERVED), crowd.answers(1));
                    double seconds = (System.nanoTime() - start) / 1e9;
                    int count = served;
                    assertTrue(count <= Math.ceil(seconds * 100) + 10, () -> count + " in " + seconds);
                }
            }
        }
    }

    @Test
    void aRateThatClosesServesTheBurst() throws Exception {
        try (ForkdServer server = cat("--rate", "1/h,30:close");
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            List<String> answers = crowd.answers(CLIENTS);

            assertEquals(30, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(170, Crowd.count(answers, Crowd.CLOSED), () -> "" + answers);
            Eventually.equal(170L, () -> refused(server, "rate"));
        }
    }

    @Test
    void aRateThatRejectsTellsTheOthers() throws Exception {
        String text = "Not so fast, please";
        try (ForkdServer server = cat("--rate", "1/h,30:reject=" + text);
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            List<String> answers = crowd.answers(CLIENTS);

            assertEquals(30, Crowd.count(answers, Crowd.SERVED), () -> "" + answers);
            assertEquals(170, Crowd.count(answers, text), () -> "" + answers);
            Eventually.equal(170L, () -> refused(server, "rate"));
        }
    }

    @Test
    void addressesOfOnePrefixAreOneSource() throws Exception {
        try (ForkdServer server = cat("--source-prefix", "24,64", "--max-per-source", "2:reject=enough");
                Socket first = server.connectFrom("127.0.0.1");
                Socket second = server.connectFrom("127.0.0.200")) {
            WorkerProcessIT.ping(first);
            WorkerProcessIT.ping(second);

            try (Crowd same = Crowd.leaving(server, 3, "127.0.0.77");
                    Crowd other = Crowd.leaving(server, 2, "127.0.1.1")) {
                assertEquals(List.of("enough", "enough", "enough"), same.answers(3));
                assertEquals(List.of(Crowd.SERVED, Crowd.SERVED), other.answers(2));
            }
            server.await("reject", line -> line.matches("reject .* peer=127.0.0.77:.* reason=max-per-source limit=2"));
        }
    }

    /** Its worker had not begun to live while it waited. */
    @Test
    void whoHasWaitedForItsTurnHasTheWholeLifetime() throws Exception {
        try (ForkdServer server = cat("--max-per-source", "1:queue", "--max-lifetime", "2s");
                Socket first = server.connect();
                Socket second = server.connect()) {
            WorkerProcessIT.ping(first);
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" reason=max-lifetime "));
            String end = server.await("end", line -> line.startsWith("end id=2 "));

            assertTrue(end.contains(" reason=max-lifetime "), end);
            // From its accept: the first one's lifetime, and its own.
            assertTrue(Double.parseDouble(Events.field(end, "seconds")) >= 3.9, end);
            assertEquals(-1, second.getInputStream().read());
        }
    }

    /** A stem that is stopped answers nothing: what is accepted stays "starting". */
    @Test
    void ofThoseThatNobodyHandlesYetOnlySoManyAreKept() throws Exception {
        try (ForkdServer server = ForkServers.echo("--max-starting", "5:100:5")) {
            long stem = ForkServers.stem(server);
            Processes.stop(stem);
            try (Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
                List<String> answers = crowd.answers(CLIENTS - 5);
                assertEquals(195, Crowd.count(answers, Crowd.CLOSED), () -> "" + answers);

                Commands.run("kill", "-CONT", Long.toString(stem));

                assertEquals(5, Crowd.count(crowd.answers(5), Crowd.SERVED));
            }
            Eventually.equal(195L, () -> refused(server, "max-starting"));
        }
    }

    @Test
    void anAdministratorGetsInWhereNobodyElseDoes() throws Exception {
        try (ForkdServer server = cat(
                        "--max-connections",
                        "10",
                        "--max-per-source",
                        "none",
                        "--rate",
                        "1/h,8",
                        "--admin-from",
                        ADMIN,
                        "--admin-slots",
                        "2");
                Crowd crowd = Crowd.staying(server, CLIENTS, HERE)) {
            assertEquals(8, Crowd.count(crowd.answers(8), Crowd.SERVED));

            try (Crowd admins = Crowd.staying(server, 3, ADMIN)) {
                assertEquals(2, Crowd.count(admins.answers(2), Crowd.SERVED));
                assertTrue(admins.isSilent(), "the third waits in the backlog");
                assertTrue(crowd.isSilent(), "the others wait and are not closed");
                admins.sendServedAway();
                assertEquals(1, Crowd.count(admins.answers(1), Crowd.SERVED));
            }
            assertTrue(crowd.isSilent());
        }
    }

    @Test
    void aSourceWhoseWorkerCrashedIsRefused() throws Exception {
        try (ForkdServer server = serve(
                List.of("--penalty", "crash=10m"),
                "/bin/sh",
                "-c",
                "read x; [ \"$x\" = hello ] || kill -SEGV $$; echo $x")) {
            try (Socket client = server.connectFrom(HERE)) {
                client.getOutputStream().write("die\n".getBytes(StandardCharsets.US_ASCII));
                assertEquals(-1, client.getInputStream().read());
            }
            server.await("penalty", line -> line.equals("penalty source=127.0.0.1 reason=crash seconds=600.000"));

            try (Crowd here = Crowd.leaving(server, CLIENTS, HERE)) {
                assertEquals(CLIENTS, Crowd.count(here.answers(CLIENTS), Crowd.CLOSED));
            }
            try (Crowd elsewhere = Crowd.leaving(server, 20, ELSEWHERE)) {
                assertEquals(20, Crowd.count(elsewhere.answers(20), Crowd.SERVED));
            }
            Eventually.equal((long) CLIENTS, () -> refused(server, "penalty"));
        }
    }

    /** A year each: added to times and to each other, they still fit. */
    @Test
    void theLongestTimesServe() throws Exception {
        try (ForkdServer server = serve(
                List.of(
                        "--penalty=crash=8760h,min=1s,max=8760h",
                        "--max-lifetime=8760h",
                        "--idle-timeout=8760h",
                        "--drain-timeout=8760h",
                        "--proxy-protocol=required",
                        "--proxy-timeout=8760h"),
                "/bin/sh",
                "-c",
                "read x; read y; echo $y; kill -SEGV $$")) {
            try (Socket first = server.connect();
                    Socket second = server.connect()) {
                for (Socket client : List.of(first, second)) {
                    client.getOutputStream().write("PROXY TCP4 192.0.2.7 ".getBytes(StandardCharsets.US_ASCII));
                }
                for (Socket client : List.of(first, second)) {
                    client.getOutputStream().write("192.0.2.8 9 7000\r\nx\n".getBytes(StandardCharsets.US_ASCII));
                }
                server.await("workers", line -> line.startsWith("accept "), 2);
                for (Socket client : List.of(first, second)) {
                    client.getOutputStream().write("y\n".getBytes(StandardCharsets.US_ASCII));
                    assertEquals("y\n", new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
                }
            }
            server.await("ends", line -> line.startsWith("end ") && line.contains(" signal=SIGSEGV "), 2);
            assertEquals(
                    List.of("penalty source=192.0.2.7 reason=crash seconds=31536000.000"),
                    server.await("penalty", line -> line.startsWith("penalty "), 1));
            try (Socket third = server.connect()) {
                third.getOutputStream()
                        .write("PROXY TCP4 192.0.2.7 192.0.2.8 9 7000\r\n".getBytes(StandardCharsets.US_ASCII));
                assertEquals(-1, third.getInputStream().read());
            }
            server.await("refusal", line -> line.startsWith("reject id=3 ") && line.contains("reason=penalty"));
        }
    }

    @Test
    void unixClientsCountByTheirUser(@TempDir Path folder) throws Exception {
        String path = folder.resolve("s").toString();
        try (ForkdServer server =
                ForkdServer.serve("-l", "unix:" + path, "--max-per-source", "1:reject=no", "--", "/bin/cat")) {
            Process first = new ProcessBuilder("nc", "-U", path).start();
            try {
                server.await("accept", line -> line.startsWith("accept "));
                assertEquals("no\n", Commands.run("nc", "-U", path).output());
                server.await("reject", line -> line.contains(" peer=unix reason=max-per-source limit=1"));
            } finally {
                first.destroy();
                first.waitFor();
            }
            server.await("end", line -> line.startsWith("end "));
            assertEquals("x", Commands.runWithInput("x", "nc", "-N", "-U", path).output());
        }
    }

    @Test
    void whoWaitsWhenTheServerStopsIsClosed() throws Exception {
        try (ForkdServer server = cat("--max-per-source", "1:queue")) {
            try (Crowd crowd = Crowd.staying(server, 2, HERE)) {
                assertEquals(1, Crowd.count(crowd.answers(1), Crowd.SERVED));
                server.signal("TERM");
                assertEquals(1, Crowd.count(crowd.answers(1), Crowd.CLOSED));
                server.await("reject", line -> line.endsWith(" reason=stopping"));
            }
            assertEquals(0, server.exitCode());
        }
    }

    /** So many connections were refused for this reason: those with a line of their own, and those that were counted. */
    static long refused(ForkdServer server, String reason) {
        long count = 0;
        for (String line : server.log()) {
            if (line.matches("reject .* reason=" + reason + "( .*)?")) {
                count++;
            } else if (line.matches("rejects .* reason=" + reason)) {
                count += Events.number(line, "count");
            }
        }
        return count;
    }

    private static long rejectLines(ForkdServer server) {
        return server.log().stream().filter(line -> line.startsWith("reject ")).count();
    }

    private static ForkdServer cat(String... options) throws IOException, InterruptedException {
        return serve(List.of(options), "/bin/cat");
    }

    static ForkdServer serve(List<String> options, String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-l", "127.0.0.1:0"));
        all.addAll(options);
        all.add("--");
        all.addAll(List.of(command));
        return ForkdServer.serve(all.toArray(String[]::new));
    }
}
