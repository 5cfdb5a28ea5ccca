package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker is as a process: whose child, with which descriptors and signals, how it shows, and how it ends. */
@Timeout(180)
class WorkerProcessIT {
    private static final byte[] PING = "ping\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void aWorkerIsADirectChildAndGoneWhenItsClientHasLeft() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-m", "spawn", "-l", "127.0.0.1:0")) {
            long worker;
            try (Socket client = server.connect()) {
                ping(client);
                worker = worker(server, 1);
                assertEquals(List.of(worker), Processes.childrenOf(server.pid()));
                assertEquals(Long.toString(worker), Long.toString(processGroup(worker)));
            }
            server.await("end", line -> line.startsWith("end "));
            assertTrue(!Processes.exists(worker));
            assertEquals(List.of(), Processes.childrenOf(server.pid()));
        }
    }

    @Test
    void aKilledWorkerEndsItsConnectionAloneAndIsLogged() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0");
                Socket one = server.connect();
                Socket two = server.connect()) {
            ping(one);
            ping(two);
            Commands.run("kill", "-9", Long.toString(worker(server, idOf(server, one))));
            String end = server.await("end", line -> line.startsWith("end "));
            assertTrue(end.matches("end id=\\d+ worker=\\d+ signal=SIGKILL seconds=\\S+"), end);
            assertEquals(-1, one.getInputStream().read());
            ping(two);
        }
    }

    @Test
    void aCommandHoldsItsConnectionAndTheLogAndNothingElse() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "-l", "[::1]:0", "--", "/bin/cat");
                Socket one = server.connect();
                Socket two = server.connect()) {
            ping(one);
            ping(two);
            Map<Integer, String> first = Processes.descriptorsOf(worker(server, 1));
            Map<Integer, String> second = Processes.descriptorsOf(worker(server, 2));
            assertEquals(Set.of(0, 1, 2), first.keySet());
            assertEquals(Set.of(0, 1, 2), second.keySet());
            assertTrue(first.get(0).startsWith("socket:"), first.get(0));
            assertEquals(first.get(0), first.get(1));
            assertNotEquals(first.get(0), second.get(0));
            assertTrue(first.get(2).startsWith("pipe:"), first.get(2));
            assertNotEquals(first.get(2), second.get(2));
        }
    }

    @Test
    void aJavaWorkerHoldsBesidesThatOnlyFilesOfItsJdkAndClassPath() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-m", "spawn", "-l", "127.0.0.1:0");
                Socket one = server.connect();
                Socket two = server.connect()) {
            ping(one);
            ping(two);
            Map<Integer, String> open = new TreeMap<>(Processes.descriptorsOf(worker(server, 2)));
            List.of(0, 1, 2).forEach(open::remove);
            for (String target : open.values()) {
                assertTrue(target.endsWith("/lib/modules") || target.endsWith(".jar"), () -> "open: " + open);
            }
        }
    }

    @Test
    void aCommandHasDefaultSignalsAndAnEmptyMask() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/cat");
                Socket client = server.connect()) {
            ping(client);
            long worker = worker(server, 1);
            for (String set : List.of("SigBlk", "SigIgn", "SigCgt", "SigPnd")) {
                assertEquals("0000000000000000", Processes.status(worker, set), set);
            }
        }
    }

    @Test
    void psTellsTheStory() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0");
                Socket client = server.connect()) {
            ping(client);
            long worker = worker(server, 1);
            assertEquals("forkd: launcher " + server.address(0), ps(server.pid(), "args"));
            assertEquals("forkd: launcher", ps(server.pid(), "comm"));
            assertEquals("forkd: worker 1 echo 127.0.0.1:" + client.getLocalPort(), ps(worker, "args"));
            assertEquals("forkd: worker", ps(worker, "comm"));
        }
    }

    @Test
    void aCommandShowsAsItself() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "cat", "-u");
                Socket client = server.connect()) {
            ping(client);
            assertEquals("cat -u", ps(worker(server, 1), "args"));
        }
    }

    @Test
    void aCommandFindsItsConnectionInTheEnvironmentAndNothingOfTheLaunchers() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/usr/bin/env");
                Socket client = server.connect()) {
            Map<String, String> variables = new TreeMap<>();
            for (String line : new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] pair = line.split("=", 2);
                variables.put(pair[0], pair[1]);
            }
            variables.keySet().removeAll(List.of("PATH", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "TCPCONNNUM"));
            String port = Integer.toString(client.getLocalPort());
            assertEquals(
                    new TreeMap<>(Map.of(
                            "FORKD_CONNECTION_ID", "1",
                            "FORKD_LISTENER", server.address(0),
                            "PROTO", "TCP",
                            "TCPREMOTEIP", "127.0.0.1",
                            "TCPREMOTEPORT", port,
                            "TCPLOCALIP", "127.0.0.1",
                            "TCPLOCALPORT", Integer.toString(server.port()),
                            "REMOTE_ADDR", "127.0.0.1",
                            "REMOTE_HOST", "127.0.0.1",
                            "REMOTE_PORT", port)),
                    variables);
        }
    }

    @Test
    void aThousandConnectionsLeaveNothingBehind() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/cat")) {
            connections(server, 50);
            server.await("end", line -> line.startsWith("end "), 50);
            List<String> before = Processes.openOf(server.pid());

            connections(server, 1000);

            server.await("end", line -> line.startsWith("end "), 1050);
            Eventually.equal(before, () -> Processes.openOf(server.pid()));
            assertEquals(List.of(), Processes.childrenOf(server.pid()));
            Set<Long> ids = new TreeSet<>();
            server.log().stream()
                    .filter(line -> line.startsWith("end "))
                    .forEach(line -> ids.add(Events.number(line, "id")));
            assertEquals(1050, ids.size());
        }
    }

    @Test
    void everyEndComesAfterItsAccept() throws Exception {
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "--", "/bin/true")) {
            for (int i = 0; i < 200; i++) {
                try (Socket client = server.connect()) {
                    assertEquals(-1, client.getInputStream().read());
                }
            }
            server.await("end", line -> line.startsWith("end "), 200);
            Set<Long> accepted = new TreeSet<>();
            for (String line : server.log()) {
                if (line.startsWith("accept ")) {
                    accepted.add(Events.number(line, "id"));
                } else if (line.startsWith("end ")) {
                    assertTrue(accepted.contains(Events.number(line, "id")), line);
                }
            }
        }
    }

    private static void connections(ForkdServer server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            try (Socket client = server.connect()) {
                ping(client);
            }
        }
    }

    static void ping(Socket client) throws IOException {
        client.getOutputStream().write(PING);
        byte[] answer = client.getInputStream().readNBytes(PING.length);
        assertTrue(Arrays.equals(PING, answer), () -> "answered: " + new String(answer, StandardCharsets.US_ASCII));
    }

    static long worker(ForkdServer server, long id) throws InterruptedException {
        String accept = server.await("accept " + id, line -> line.startsWith("accept id=" + id + " "));
        return Events.number(accept, "worker");
    }

    private static long idOf(ForkdServer server, Socket client) throws InterruptedException {
        String peer = "127.0.0.1:" + client.getLocalPort();
        return Events.number(
                server.await("accept of " + peer, line -> line.startsWith("accept ") && line.contains(peer)), "id");
    }

    private static String ps(long pid, String what) throws IOException, InterruptedException {
        return Commands.run("ps", "-ww", "-o", what + "=", "-p", Long.toString(pid))
                .output()
                .stripTrailing();
    }

    private static long processGroup(long pid) throws IOException, InterruptedException {
        return Long.parseLong(ps(pid, "pgid").strip());
    }
}
