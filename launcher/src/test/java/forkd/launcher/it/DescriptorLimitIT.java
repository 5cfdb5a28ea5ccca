package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A launcher that may have few descriptors: clients wait, and none is reset or forgotten. */
@Timeout(120)
class DescriptorLimitIT {
    private static final Pattern WARNING =
            Pattern.compile("warn message=\"--max-connections is (\\d+) here and not 300: .* 400 \\(ulimit -n\\)\"");
    private static final int WAITING = 10;
    private static final int MANY = 20;
    private static final int SOURCES = 17;
    private static final int SHARE = 20;
    /** More than all workers need: connections wait accepted. */
    private static final int MANY_OPEN = 820;
    /** No new one then, and enough for poll(2), which counts what it looks at. */
    private static final int BELOW_ALL_IN_USE = 12;

    private static final int LONGER_THAN_TWO_LOOKS_MILLIS = 500;

    @Test
    void whoWouldGetNoDescriptorWaits() throws Exception {
        try (ForkdServer server = ForkdServer.launchUnder(
                        List.of("prlimit", "--nofile=400:400"),
                        "-l",
                        "127.0.0.1:0",
                        "--max-connections",
                        "300",
                        "--max-per-source",
                        "none",
                        "--",
                        "/bin/cat");
                Clients clients = new Clients()) {
            Matcher warning = WARNING.matcher(
                    server.await("warning", line -> WARNING.matcher(line).matches()));
            assertTrue(warning.matches());
            int workers = Integer.parseInt(warning.group(1));
            for (int i = 0; i < workers + WAITING; i++) {
                clients.all.add(server.connect());
            }
            for (Socket client : clients.all.subList(0, workers)) {
                WorkerProcessIT.ping(client);
            }
            for (int i = 0; i < WAITING; i++) {
                clients.all.get(i).close();
            }
            for (Socket client : clients.all.subList(workers, clients.all.size())) {
                WorkerProcessIT.ping(client);
            }
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("reject")), () -> "" + server.log());
        }
    }

    /** The usual share follows what there are connections for: else the first source would have them all. */
    @Test
    void oneSourceGetsNoMoreThanHalfOfWhatThereIs() throws Exception {
        try (ForkdServer server = limited("400", "--", "/bin/cat");
                Clients clients = new Clients()) {
            int workers = connections(server, 256);
            int share = (workers + 1) / 2;
            for (int i = 0; i < share; i++) {
                Socket client = server.connect();
                clients.all.add(client);
                WorkerProcessIT.ping(client);
            }
            try (Socket tooMany = server.connect()) {
                assertEquals(-1, tooMany.getInputStream().read());
            }
            server.await("reject", line -> line.endsWith(" reason=max-per-source limit=" + share));
            try (Socket other = server.connectFrom("127.0.0.2")) {
                WorkerProcessIT.ping(other);
            }
        }
    }

    @Test
    void aShareThatIsGivenStays() throws Exception {
        try (ForkdServer server = limited(
                        "400",
                        "--max-per-source",
                        "128:reject=share",
                        "--max-connections",
                        "256:reject=all",
                        "--",
                        "/bin/cat");
                Clients clients = new Clients()) {
            int workers = connections(server, 256);
            for (int i = 0; i < workers; i++) {
                Socket client = server.connect();
                clients.all.add(client);
                WorkerProcessIT.ping(client);
            }
            try (Socket tooMany = server.connect()) {
                assertEquals('a', tooMany.getInputStream().read());
            }
        }
    }

    /** They have been accepted, so there has to be a descriptor for each of them and, when its turn comes, for its worker. */
    @Test
    void whoWaitsAcceptedIsNotReset() throws Exception {
        try (ForkdServer server =
                        limited("1024", "--max-connections", "350", "--max-per-source", "20:queue", "--", "/bin/cat");
                Clients clients = new Clients()) {
            server.await("listening", line -> line.startsWith("listening "));
            connectShares(server, clients);
            List<Socket> served = List.copyOf(clients.all);
            for (Socket client : served) {
                WorkerProcessIT.ping(client);
            }
            connectShares(server, clients);
            Eventually.equal(true, () -> Processes.openOf(server.pid()).size() >= MANY_OPEN);
            for (Socket client : served) {
                client.close();
            }
            for (Socket client : clients.all.subList(served.size(), clients.all.size())) {
                WorkerProcessIT.ping(client);
                client.close();
            }
            assertTrue(
                    server.log().stream().noneMatch(line -> line.startsWith("reject") || line.contains("EMFILE")),
                    server::unusual);
        }
    }

    private static void connectShares(ForkdServer server, Clients clients) throws IOException {
        for (int source = 1; source <= SOURCES; source++) {
            for (int i = 0; i < SHARE; i++) {
                clients.all.add(server.connectFrom("127.0.0." + source));
            }
        }
    }

    private static ForkdServer limited(String descriptors, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("-l", "127.0.0.1:0"));
        all.addAll(List.of(options));
        return ForkdServer.launchUnder(
                List.of("prlimit", "--nofile=" + descriptors + ":" + descriptors), all.toArray(String[]::new));
    }

    /** How many there are instead of so many; waits for the warning that says so. */
    private static int connections(ForkdServer server, int instead) throws InterruptedException {
        String start = "warn message=\"--max-connections is ";
        String warning = server.await(
                "warning", line -> line.startsWith(start) && line.contains(" here and not " + instead + ":"));
        return Integer.parseInt(warning.substring(start.length(), warning.indexOf(" here")));
    }

    /** A worker is stopped to be given its VM Thread; whatever cannot be read of it then, it goes on. */
    @Test
    void aWorkerIsLetGoThoughNothingCanBeReadOfIt() throws Exception {
        try (ForkdServer server = ForkServers.echo();
                Clients clients = new Clients()) {
            String pid = Long.toString(server.pid());
            for (int i = 0; i < MANY; i++) {
                clients.all.add(server.connect());
            }
            List<String> accepts = server.await("accept", line -> line.startsWith("accept "), MANY);
            Commands.run("prlimit", "--pid", pid, "--nofile=" + BELOW_ALL_IN_USE + ":");
            Socket refused = server.connect();
            clients.all.add(refused);
            refused.setSoTimeout(LONGER_THAN_TWO_LOOKS_MILLIS);
            assertThrows(SocketTimeoutException.class, refused.getInputStream()::read);
            for (String accept : accepts) {
                long worker = Events.number(accept, "worker");
                Eventually.equal("0", () -> Processes.status(worker, "TracerPid"));
            }

            Commands.run("prlimit", "--pid", pid, "--nofile=1024:");
            refused.setSoTimeout((int) ForkdServer.PATIENCE.toMillis());
            for (Socket client : clients.all) {
                WorkerProcessIT.ping(client);
            }
            for (String accept : accepts) {
                while (Processes.threadsOf(Events.number(accept, "worker")).size() < 2) {
                    Thread.onSpinWait(); // it gets its VM Thread as soon as there are descriptors again
                }
            }
        }
    }

    /** Closed before their server is, which waits for them. */
    private static final class Clients implements AutoCloseable {
        private final List<Socket> all = new ArrayList<>();

        @Override
        public void close() throws IOException {
            for (Socket client : all) {
                client.close();
            }
        }
    }
}
