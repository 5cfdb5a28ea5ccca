package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --main}: a program's standard input and output are a connection, and its status is the worker's. */
@Timeout(60)
class MainIT {
    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool", "spawn"})
    void aProgramServesEachConnectionAsIfItWereAlone(String model) throws Exception {
        try (ForkdServer server = serve(model)) {
            assertTrue(
                    server.log().stream().anyMatch(line -> line.contains(" main=" + Program.class.getName() + " ")),
                    server::unusual);
            for (int i = 0; i < 3; i++) {
                assertEquals("arguments: 0\n1 one\n2 two\n", ForkServers.ask(server, "one\ntwo"));
            }
            try (Socket first = server.connect();
                    Socket second = server.connect()) {
                first.getOutputStream().write("first\n".getBytes(StandardCharsets.UTF_8));
                assertEquals("arguments: 0\n1 second\n", ForkServers.ask(second, "second"));
                assertEquals("arguments: 0\n1 first\n2 first again\n", ForkServers.ask(first, "first again"));
            }
            server.await("ends", line -> line.startsWith("end ") && line.contains(" exit=0 "), 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool", "spawn"})
    void itsStatusIsTheWorkers(String model) throws Exception {
        try (ForkdServer server = serve(model)) {
            assertEquals("arguments: 0\n1 a\nbye after 2", ForkServers.ask(server, "a\nexit 42"));
            ends(server, 1, "42");
            assertEquals("arguments: 0\nbye after 1", ForkServers.ask(server, "exit 0"));
            ends(server, 2, "0");
            assertEquals("arguments: 0\nreturned after 1", ForkServers.ask(server, "return"));
            ends(server, 3, "0");
            assertEquals("arguments: 0\n", ForkServers.ask(server, "throw"));
            ends(server, 4, "1");
            server.await("its trace", line -> line.contains("IllegalStateException: the program's on purpose"));
            assertEquals("arguments: 0\nthe thread says so", ForkServers.ask(server, "thread"));
            ends(server, 5, "0");
        }
    }

    /** What it keeps in static fields is copied into every worker, as it is with handlers. */
    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool"})
    void itMayBeWarmedUp(String model) throws Exception {
        try (ForkdServer server = serve(model, "--warm-up", "3")) {
            String answer = ForkServers.ask(server, "one");
            assertTrue(answer.matches("arguments: 0\n\\d one\n"), answer);
            ends(server, 1, "0");
        }
    }

    private static void ends(ForkdServer server, int id, String status) throws InterruptedException {
        assertEquals(status, Events.field(server.await("end", line -> line.startsWith("end id=" + id + " ")), "exit"));
    }

    private static ForkdServer serve(String model, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of("-l", "127.0.0.1:0", "-m", model));
        options.addAll(List.of("--main", Program.class.getName(), "--classpath", EchoIT.testClasses()));
        options.addAll(List.of(more));
        return ForkdServer.serve(options.toArray(String[]::new));
    }
}
