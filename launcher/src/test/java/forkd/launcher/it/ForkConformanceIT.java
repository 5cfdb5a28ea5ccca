package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.it.conformance.ConformanceHandler;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Java code does in a forked worker: every case of {@link ConformanceHandler} in a worker of its own, all of one stem.
 * Prints a line a case: {@code pass}, or the documented {@code no}, and the time.
 */
@Timeout(180)
class ForkConformanceIT {
    /** The hard limit of one case. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static final String SOURCES = "src/test/java/forkd/launcher/it/conformance";
    private static final int CLASSES = 60;
    private static final int LOADING_AT_ONCE = 200;

    private static ForkdServer server;
    private static long stem;
    private static int connections;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        Path keys = folder.resolve("keys.p12");
        Commands.Result made = Commands.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "conformance",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost");
        assertEquals(0, made.exit(), made.output());
        Path jar = MadeJar.make(folder, CLASSES);
        server = ForkServers.serve(
                ConformanceHandler.class,
                "--classpath",
                jar.toString(),
                "--drain-timeout",
                "1s",
                "--max-per-source",
                "none",
                "-J",
                "-Xmx64m",
                "-J",
                "-Dconformance.keystore=" + keys,
                "-J",
                "-Dconformance.source=" + Path.of(SOURCES, "Sockets.java").toAbsolutePath());
        stem = ForkServers.stem(server);
        // Else each worker would open it for itself, and two hundred of them at once would prove nothing.
        assertTrue(
                Processes.descriptorsOf(stem).containsValue(jar.toString()), "the jar is open when the stem is made");
    }

    @AfterAll
    static void noWorkerIsLeftAndTheStemIsWell() throws Exception {
        try (ForkdServer closing = server) {
            ForkServers.onlyTheStemIsLeft(closing, connections);
            assertEquals(stem, ForkServers.stem(closing));
            assertTrue(
                    closing.log().stream().noneMatch(line -> Events.isWarning(line) || line.startsWith("reject ")),
                    () -> "" + closing.log());
        }
    }

    static Stream<String> cases() {
        return ConformanceHandler.cases().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void worksInAForkedWorker(String name) throws Exception {
        long start = System.nanoTime();
        try (Socket client = connect()) {
            String verdict = answer(client, name);
            System.out.printf("%-50s %s %.3f s%n", name, verdict, (System.nanoTime() - start) / 1e9);
            assertEquals(expected(name), verdict, () -> "log: " + trace());
            assertEquals("exit=0", ending(client));
        }
    }

    /** What a worker cannot do on this JDK: nothing else may answer no. */
    private static String expected(String name) {
        boolean old = Runtime.version().feature() < 21;
        return old && name.equals("Threads.virtualThreads") ? "no virtual threads came with Java 21" : "pass";
    }

    @Test
    void twoHundredWorkersLoadTheSameJarAtOnce() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < LOADING_AT_ONCE; i++) {
                Socket client = connect();
                client.setSoTimeout((int) LIMIT.multipliedBy(4).toMillis()); // they share the processors
                clients.add(client);
            }
            for (Socket client : clients) {
                client.getOutputStream().write("Loading.classesOfAJar\n".getBytes(StandardCharsets.UTF_8));
            }
            Map<String, Integer> verdicts = new TreeMap<>();
            for (Socket client : clients) {
                verdicts.merge(readLine(client), 1, Integer::sum);
            }
            assertEquals(Map.of("pass", LOADING_AT_ONCE), verdicts);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "returns,              exit=0",
        "exits,                exit=7",
        "exitsOnAnotherThread, exit=8",
        "exitsOnAnotherThreadAndReturns, exit=11",
        "halts,                exit=9",
        "throwsAnException,    exit=1",
        "throwsAnError,        exit=1",
        "runsHooksWhenItReturns, exit=0",
        "runsHooksWhenItExits, exit=10",
        "runsHooksWhenItFails, exit=1",
        "leavesAThread,        exit=0",
        "aThreadDies,          exit=0",
    })
    void endsWithItsStatus(String name, String status) throws Exception {
        try (Socket client = connect()) {
            assertEquals("pass\n", ForkServers.ask(client, "Endings." + name));
            assertEquals(status, ending(client));
        }
    }

    @Test
    void whatLeavesTheHandlerIsLogged() throws Exception {
        for (String name : List.of("throwsAnException", "throwsAnError", "aThreadDies")) {
            try (Socket client = connect()) {
                ForkServers.ask(client, "Endings." + name);
            }
        }
        server.await("the exception", line -> line.contains("IOException: an exception on purpose"));
        server.await("the error", line -> line.contains("AssertionError: an error on purpose"));
        server.await("the thread's", line -> line.contains("IllegalStateException: a thread's on purpose"));
    }

    @Test
    void filesAreDeletedOnExit() throws Exception {
        try (Socket client = connect()) {
            String file = ForkServers.ask(client, "Endings.deletesOnExit").strip();
            assertEquals("exit=0", ending(client));
            assertTrue(file.contains("conformance") && Files.notExists(Path.of(file)), file);
        }
    }

    /** -Xrs leaves SIGTERM its default action, so a worker ends even without the VM's signal thread; hooks do not run. */
    @ParameterizedTest
    @ValueSource(strings = {"sleeps", "collectsAndSleeps", "hasHooksAndSleeps"})
    void sigtermEndsAWorker(String name) throws Exception {
        signalEnds(name, "TERM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleeps", "collectsAndSleeps"})
    void sigkillEndsAWorkerAndIsLogged(String name) throws Exception {
        signalEnds(name, "KILL");
    }

    private static void signalEnds(String name, String signal) throws Exception {
        try (Socket client = connect()) {
            assertEquals("pass", answer(client, "Endings." + name));
            Commands.run("kill", "-" + signal, Events.field(accept(client), "worker"));
            assertEquals("signal=SIG" + signal, ending(client));
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private static Socket connect() throws IOException {
        connections++;
        Socket client = server.connect();
        client.setSoTimeout((int) LIMIT.toMillis());
        return client;
    }

    private static String answer(Socket client, String name) throws IOException {
        client.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
        return readLine(client);
    }

    /** By single bytes: nothing behind the line is taken. */
    private static String readLine(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = client.getInputStream().read();
                c >= 0 && c != '\n';
                c = client.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static String accept(Socket client) throws InterruptedException {
        String peer = " peer=127.0.0.1:" + client.getLocalPort() + " ";
        return server.await("accept of" + peer, line -> line.startsWith("accept ") && line.contains(peer));
    }

    /** How the worker of that client has ended. */
    private static String ending(Socket client) throws InterruptedException {
        String id = "end id=" + Events.field(accept(client), "id") + " ";
        return server.await(id, line -> line.startsWith(id)).split(" ", -1)[3];
    }

    private static List<String> trace() {
        List<String> log = server.log();
        return log.subList(Math.max(0, log.size() - 30), log.size());
    }
}
