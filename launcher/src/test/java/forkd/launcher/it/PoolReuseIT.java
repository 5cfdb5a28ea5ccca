package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Model pool: workers that serve several connections, one after the other. */
@Timeout(120)
class PoolReuseIT {
    /** What a connection was told. */
    private record Answer(String pid, int served, String id, int port, String leftover) {
        static Answer of(String text) {
            String[] words = text.split(" ", 5);
            return new Answer(words[0], Integer.parseInt(words[1]), words[2], Integer.parseInt(words[3]), words[4]);
        }
    }

    @Test
    void eachConnectionHasItsOwnLinesAndVariables() throws Exception {
        try (ForkdServer server = server("100")) {
            Map<String, Integer> served = new HashMap<>();
            for (int id = 1; id < 3 || !served.containsValue(3); id++) {
                String number = Integer.toString(id);
                Answer answer = talk(server, id % 2 == 0 ? "channel" : "hello");
                String pid = answer.pid();
                served.merge(pid, 1, Integer::sum);
                assertEquals(new Answer(pid, served.get(pid), number, answer.port(), "none"), answer);
                String end = server.await("end", line -> line.startsWith("end id=" + number + " "));
                assertTrue(end.contains(" worker=" + pid + " exit=0 "), end);
                server.await(
                        "accept", line -> line.startsWith("accept id=" + number + " ") && line.contains(" live=1/"));
                server.await("log", line -> line.startsWith("log id=" + number + " ") && line.contains("in " + number));
                assertEquals("forkd: worker waiting " + ReuseHandler.class.getName(), title(pid));
            }
        }
    }

    @Test
    void aWorkerEndsWhenItHasServedAsManyAsItMay() throws Exception {
        try (ForkdServer server = server("3")) {
            for (int i = 0; i < 9; i++) {
                assertTrue(talk(server, "hello").served() <= 3);
            }
            server.await("ends", line -> line.startsWith("end ") && line.contains(" exit=0 "), 9);
        }
    }

    @Test
    void whoExitsOrThrowsOrLeavesAThreadServesNoOther() throws Exception {
        try (ForkdServer server = server("100")) {
            Set<String> ended = new HashSet<>();
            say(server, "exit");
            ended.add(workerThatEnded(server, 1, 7));
            say(server, "throw");
            ended.add(workerThatEnded(server, 2, 1));
            say(server, "thread");
            ended.add(workerThatEnded(server, 3, 0));
            assertEquals(3, ended.size());
            for (int i = 0; i < 5; i++) {
                assertFalse(ended.contains(talk(server, "hello").pid()));
            }
        }
    }

    @Test
    void aThreadThatIsLeftBehindReadsNothingOfTheNextClient() throws Exception {
        try (ForkdServer server = server("100")) {
            String pid;
            try (Socket client = server.connect()) { // does not half-close: the thread sleeps in read(2)
                client.getOutputStream().write("reader\n".getBytes(StandardCharsets.UTF_8));
                pid = Answer.of(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .pid();
            }
            Answer next = talk(server, "hello");
            while (!next.pid().equals(pid) || next.leftover().equals("none")) {
                next = talk(server, "hello");
            }
            assertEquals("stopped", next.leftover());
        }
    }

    @Test
    void afterAReloadNobodyServesWhoHasLoadedTheHandlerBefore() throws Exception {
        try (ForkdServer server = server("100");
                Socket client = server.connect()) {
            client.getOutputStream().write("hel".getBytes(StandardCharsets.US_ASCII));
            server.await("accept", line -> line.startsWith("accept id=1 "));
            Commands.run("kill", "-HUP", Long.toString(server.pid()));
            client.getOutputStream().write("lo\n".getBytes(StandardCharsets.US_ASCII));
            String old = Answer.of(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .pid();
            server.await("end", line -> line.startsWith("end id=1 "));
            for (int i = 0; i < 5; i++) {
                assertNotEquals(old, talk(server, "hello").pid());
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theLifetimeIsThatOfAConnection() throws Exception {
        try (ForkdServer server = server("100", "--max-lifetime", "3s")) {
            talk(server, "hello");
            server.await("end", line -> line.startsWith("end id=1 "));
            try (Socket client = server.connect()) {
                server.await("end", line -> line.startsWith("end id=2 ") && line.contains("reason=max-lifetime"));
                assertEquals(-1, client.getInputStream().read());
            }
            talk(server, "hello");
        }
    }

    /** A handler that has got hold of the queue: it can end its own worker, and nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"unknown", "short", "negative", "idle", "descriptors"})
    void whoSaysWhatNoWorkerSaysIsKilled(String word) throws Exception {
        try (ForkdServer server = server("100")) {
            talk(server, "hello");
            server.await("end", line -> line.startsWith("end id=1 "));
            List<String> before = openButPidfds(server);
            try (Socket client = server.connect()) {
                client.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
                String end = server.await("end", line -> line.startsWith("end id=2 "));
                String worker = end.replaceFirst(".* worker=(\\d+) .*", "$1");
                assertTrue(end.contains(" signal=SIGKILL "), end);
                server.await("warn", line -> line.startsWith("warn ") && line.contains(" " + worker + " is killed"));
            }
            talk(server, "hello");
            server.await("end", line -> line.startsWith("end id=3 "));
            Eventually.equal(before, () -> openButPidfds(server));
        }
    }

    /** There is one for each JVM, and one JVM more or less. */
    private static List<String> openButPidfds(ForkdServer server) throws IOException {
        return Processes.openOf(server.pid()).stream()
                .filter(target -> !target.contains("[pidfd]"))
                .toList();
    }

    @Test
    void otherModelsRefuse() throws Exception {
        try (ForkdServer server =
                ForkdServer.launch("-l", "127.0.0.1:0", "--connections-per-worker", "2", "--", "cat")) {
            assertEquals(2, server.exitCode());
            assertTrue(
                    server.log().stream()
                            .anyMatch(line -> line.contains("--connections-per-worker is for --model pool")),
                    () -> "" + server.log());
        }
    }

    private static ForkdServer server(String connections, String... more) throws Exception {
        String[] options = {
            "-l",
            "127.0.0.1:0",
            "-m",
            "pool",
            "--pool-min-spare",
            "1",
            "--pool-max-spare",
            "4",
            "--connections-per-worker",
            connections,
            "--handler",
            ReuseHandler.class.getName(),
            "-cp",
            EchoIT.testClasses()
        };
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return ForkdServer.serve(all);
    }

    private static Answer talk(ForkdServer server, String word) throws IOException {
        return Answer.of(say(server, word));
    }

    private static String say(ForkdServer server, String word) throws IOException {
        try (Socket client = server.connect()) {
            client.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String workerThatEnded(ForkdServer server, int id, int status) throws InterruptedException {
        String end = server.await("end", line -> line.startsWith("end id=" + id + " "));
        assertTrue(end.contains(" exit=" + status + " "), end);
        return end.replaceFirst(".* worker=(\\d+) .*", "$1");
    }

    private static String title(String pid) throws IOException {
        return Processes.commandLine(Long.parseLong(pid));
    }
}
