package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What workers write to descriptor 2: into the log, never to the client. */
@Timeout(180)
class WorkerStderrIT {
    private static final String SCRIPT = "printf 'one\\ntwo\\tpar' >&2; /bin/echo tial >&2; echo three >/dev/stderr;"
            + " printf 'no end\\033' >&2; echo answer";

    @Test
    void theLinesOfACommandAndOfItsProgramsAreLoggedBeforeItsEnd() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/sh", "-c", SCRIPT)) {
            for (int i = 1; i <= 20; i++) {
                assertEquals("answer\n", all(server));
                String id = Integer.toString(i);
                String end = server.await("end", line -> line.startsWith("end id=" + id + " "));
                long worker = Events.number(end, "worker");
                String prefix = "log id=" + id + " worker=" + worker + " text=";
                List<String> lines = server.log().stream()
                        .filter(line -> line.contains(" id=" + id + " ") && !line.startsWith("accept"))
                        .toList();
                assertEquals(
                        List.of(
                                prefix + "one",
                                prefix + "\"two\\tpartial\"",
                                prefix + "three",
                                prefix + "\"no end\\u001b\"",
                                end),
                        lines);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "pool", "fork"})
    void aHandlersMessagesAndStackTracesAreLoggedWithItsConnection(String model) throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-m",
                model,
                "-l",
                "127.0.0.1:0",
                "--handler",
                FailingHandler.class.getName(),
                "--classpath",
                EchoIT.testClasses())) {
            for (int i = 1; i <= 3; i++) {
                assertEquals("", all(server));
                String id = Integer.toString(i);
                server.await("end", line -> line.startsWith("end id=" + id + " ") && line.contains(" exit=1 "));
                List<String> lines = server.log().stream()
                        .filter(line -> line.startsWith("log id=" + id + " "))
                        // A JVM 25 may say first that its start-up archive does not fit the class path.
                        .filter(line -> !line.contains("[error][aot]"))
                        .toList();
                assertTrue(
                        lines.get(0).endsWith(" text=\"forkd worker: connection " + id + ": the handler failed\""),
                        () -> "" + lines);
                assertTrue(lines.get(1).contains("IllegalStateException: on purpose"), () -> "" + lines);
                assertTrue(
                        lines.get(2).contains("\\tat " + FailingHandler.class.getName() + ".handle"), () -> "" + lines);
            }
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("java.") || line.startsWith("\tat ")));
        }
    }

    @Test
    void aWorkerThatFloodsTheLogKeepsNobodyFromServing() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "--",
                "/bin/sh",
                "-c",
                "read line; [ $line = flood ] && exec yes 'much to say' >&2; echo $line")) {
            try (Socket flood = server.connect()) {
                flood.getOutputStream().write("flood\n".getBytes(StandardCharsets.US_ASCII));
                server.await("the flood", line -> line.endsWith(" text=\"much to say\""), 1000);
                for (int i = 0; i < 20; i++) {
                    assertEquals("line\n", ForkServers.ask(server, "line"));
                }
                long worker = Events.number(server.await("accept", line -> line.startsWith("accept id=1 ")), "worker");
                Commands.run("kill", "-KILL", Long.toString(worker));
                server.await("its end", line -> line.startsWith("end id=1 "));
            }
        }
    }

    @Test
    void itCanBeInherited() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "--worker-stderr",
                "inherit",
                "-l",
                "127.0.0.1:0",
                "--",
                "/bin/sh",
                "-c",
                "echo raw >&2; echo answer")) {
            assertEquals("answer\n", all(server));
            server.await("the line as it is", line -> line.equals("raw"));
        }
    }

    @Test
    void noDescriptorOfTheLaunchersIsLeftBehind() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/sh", "-c", SCRIPT)) {
            all(server);
            server.await("end", line -> line.startsWith("end "));
            int before = Processes.descriptorsOf(server.pid()).size();
            for (int i = 0; i < 200; i++) {
                all(server);
            }
            server.await("end", line -> line.startsWith("end "), 201);
            assertEquals(before, Processes.descriptorsOf(server.pid()).size());
        }
    }

    private static String all(ForkdServer server) throws Exception {
        try (Socket client = server.connect()) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
