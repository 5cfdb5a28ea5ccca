package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the environment of a worker: the same in all models, however a worker looks. */
@Timeout(180)
class EnvironmentIT {
    @ParameterizedTest
    @ValueSource(strings = {"-m spawn", "-m pool", "-m fork --spares 0", "-m fork --spares 2"})
    void aHandlerAndItsProgramsSeeTheEnvironmentOfTheConnection(String model) throws Exception {
        try (ForkdServer server = serve(model.split(" "))) {
            for (int i = 1; i <= 3; i++) {
                try (Socket client = server.connect()) {
                    Map<String, String> answer = answer(client);
                    String expected = expected(server, client, i);
                    for (String way : List.of(
                            "getenv",
                            "kept map",
                            "kept entries",
                            "connection",
                            "program",
                            "program with a map",
                            "unchanged")) {
                        assertEquals(expected, answer.get(way), way);
                    }
                    assertEquals(Integer.toString(client.getLocalPort()), answer.get("one"));
                    assertEquals("/127.0.0.1:" + client.getLocalPort(), answer.get("remote"));
                    assertEquals("/127.0.0.1:" + server.port(), answer.get("local"));
                    assertEquals(server.address(0), answer.get("listener"));
                }
                String end = "end id=" + i + " ";
                server.await("end", line -> line.startsWith(end)); // the next one is the only one of its source
            }
        }
    }

    private static ForkdServer serve(String... model) throws Exception {
        List<String> options = new ArrayList<>(List.of(model));
        options.addAll(List.of(
                "-l",
                "127.0.0.1:0",
                "--handler",
                EnvironmentHandler.class.getName(),
                "--classpath",
                EchoIT.testClasses(),
                "--env",
                "GREETING=hello, world",
                "--env",
                "EMPTY=",
                "--pass-env",
                "JAVA_HOME",
                "--pass-env",
                "NOBODY_HAS_THIS",
                "--imitate",
                "ncat"));
        return ForkdServer.serve(options.toArray(String[]::new));
    }

    private static Map<String, String> answer(Socket client) throws Exception {
        Map<String, String> answer = new HashMap<>();
        new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .forEach(line ->
                        answer.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2)));
        return answer;
    }

    private static String expected(ForkdServer server, Socket client, int id) {
        String remotePort = Integer.toString(client.getLocalPort());
        String localPort = Integer.toString(server.port());
        Map<String, String> all = new TreeMap<>();
        for (String name : List.of("PATH", "TZ", "LANG", "LC_ALL", "LC_CTYPE")) {
            if (System.getenv(name) != null) {
                all.put(name, System.getenv(name));
            }
        }
        all.putAll(Map.of(
                "GREETING", "hello, world", "EMPTY", "", "JAVA_HOME", System.getProperty("java.home"), "PROTO", "TCP"));
        all.putAll(Map.of(
                "FORKD_CONNECTION_ID",
                Integer.toString(id),
                "FORKD_LISTENER",
                server.address(0),
                "REMOTE_ADDR",
                "127.0.0.1",
                "REMOTE_HOST",
                "127.0.0.1",
                "REMOTE_PORT",
                remotePort));
        all.putAll(Map.of(
                "TCPREMOTEIP",
                "127.0.0.1",
                "TCPREMOTEPORT",
                remotePort,
                "TCPLOCALIP",
                "127.0.0.1",
                "TCPLOCALPORT",
                localPort));
        all.putAll(Map.of(
                "NCAT_REMOTE_ADDR",
                "127.0.0.1",
                "NCAT_REMOTE_PORT",
                remotePort,
                "NCAT_LOCAL_ADDR",
                "127.0.0.1",
                "NCAT_LOCAL_PORT",
                localPort,
                "NCAT_PROTO",
                "TCP"));
        all.put("TCPCONNNUM", "1");
        return all.toString();
    }

    @Test
    void aWarmUpHasAConnectionToo() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                        "-m",
                        "fork",
                        "-l",
                        "127.0.0.1:0",
                        "--handler",
                        EnvironmentHandler.class.getName(),
                        "--classpath",
                        EchoIT.testClasses(),
                        "--warm-up",
                        "3");
                Socket client = server.connect()) {
            Map<String, String> answer = answer(client);

            assertTrue(answer.get("warm-up").startsWith("null of "), () -> "" + answer);
            assertTrue(answer.get("getenv").contains("FORKD_CONNECTION_ID=1,"), () -> "" + answer);
        }
    }

    @Test
    void whatWouldNotFitIntoAPacketIsAnErrorBeforeTheServerListens() throws Exception {
        Commands.Result result = Commands.run(
                ForkdServer.executable(), "serve", "-l", "127.0.0.1:0", "--env", "LONG=" + "x".repeat(30_000));

        assertEquals(2, result.exit());
        assertTrue(result.output().contains("may take 20480"), result.output());
    }
}
