package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a forked worker is as a process: whose child, with which descriptors, how it shows and what it knows of itself. */
@Timeout(120)
class ForkWorkerIT {
    @Test
    void aWorkerIsADirectChildInAProcessGroupOfItsOwn() throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
            long stem = ForkServers.stem(server);
            long worker;
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                worker = WorkerProcessIT.worker(server, 1);
                assertEquals(Set.of(stem, worker), new TreeSet<>(Processes.childrenOf(server.pid())));
                assertEquals(List.of(), Processes.childrenOf(stem));
                assertEquals(Long.toString(worker), ps(worker, "pgid"));
                assertNotEquals(ps(server.pid(), "pgid"), ps(worker, "pgid"));
            }
            ForkServers.onlyTheStemIsLeft(server, 1);
            assertTrue(!Processes.exists(worker));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void aWorkerHoldsItsConnectionTheLogAndFilesOfTheJdkAndNothingElse(String spares, @TempDir Path folder)
            throws Exception {
        try (ForkdServer server =
                        ForkServers.echo("--spares", spares, "-l", "unix:" + folder.resolve("s"), "-l", "[::1]:0");
                Socket one = server.connect();
                Socket two = server.connect()) {
            WorkerProcessIT.ping(one);
            WorkerProcessIT.ping(two);
            Map<Integer, String> first = Processes.descriptorsOf(WorkerProcessIT.worker(server, 1));
            Map<Integer, String> second = Processes.descriptorsOf(WorkerProcessIT.worker(server, 2));
            assertTrue(first.get(0).startsWith("socket:"), first.get(0));
            assertEquals(first.get(0), first.get(1));
            assertEquals(second.get(0), second.get(1));
            assertNotEquals(first.get(0), second.get(0));
            assertTrue(first.get(2).startsWith("pipe:"), first.get(2));
            assertNotEquals(first.get(2), second.get(2));
            onlyFilesOfTheJdk(first);
            onlyFilesOfTheJdk(second);
        }
    }

    private static void onlyFilesOfTheJdk(Map<Integer, String> all) {
        Map<Integer, String> open = new TreeMap<>(all);
        List.of(0, 1, 2).forEach(open::remove);
        for (String target : open.values()) {
            assertTrue(
                    target.endsWith("/lib/modules")
                            || target.endsWith(".jar")
                            || Set.of("/dev/random", "/dev/urandom").contains(target),
                    () -> "open: " + open);
        }
    }

    @Test
    void psTellsTheStory() throws Exception {
        try (ForkdServer server = ForkServers.echo();
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            long stem = ForkServers.stem(server);
            long worker = WorkerProcessIT.worker(server, 1);
            assertEquals("forkd: launcher " + server.address(0), ps(server.pid(), "args"));
            assertEquals("forkd: launcher", ps(server.pid(), "comm"));
            assertEquals("forkd: stem echo", ps(stem, "args"));
            assertEquals("forkd: stem", ps(stem, "comm"));
            assertEquals("forkd: worker 1 echo 127.0.0.1:" + client.getLocalPort(), ps(worker, "args"));
            assertEquals("forkd: worker", ps(worker, "comm"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void aWorkerMayHaveFewDescriptors(String spares) throws Exception {
        try (ForkdServer server = ForkServers.echo("--spares", spares, "--rlimit", "nofile=64");
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            String limits = Files.readString(Path.of("/proc/" + WorkerProcessIT.worker(server, 1) + "/limits"));
            assertTrue(limits.matches("(?s).*Max open files +64 +64 .*"), limits);
        }
    }

    @Test
    void aWorkerKnowsItsPidAndItsConnection() throws Exception {
        try (ForkdServer server = ForkServers.serve(IdentityHandler.class)) {
            Set<String> zygotes = new TreeSet<>();
            for (int id = 1; id <= 3; id++) {
                String report = ForkServers.listen(server).strip();
                String accept = "accept id=" + id + " ";
                String line = server.await(accept, found -> found.startsWith(accept));
                String zygote = Events.field(report, "zygote");
                assertEquals(
                        "pid=" + Events.field(line, "worker") + " zygote=" + zygote + " alive=true id=" + id
                                + " remote=/" + Events.field(line, "peer") + " local=/" + server.address(0)
                                + " inherited=true",
                        report);
                zygotes.add(zygote);
            }
            assertEquals(1, zygotes.size(), () -> "one zygote, asked before the fork: " + zygotes);
            assertTrue(!zygotes.contains(Long.toString(ForkServers.stem(server))));
        }
    }

    /** As a fresh JVM that nobody has started in an unusual way; with -Xrs it blocks no SIGQUIT either. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--ignore-signal=HUP,USR1,PIPE", "--block-signal=HUP,USR1,USR2"})
    void aWorkerBlocksAndIgnoresNoSignal(String launchers) throws Exception {
        List<String> wrapper = launchers.isEmpty() ? List.of() : List.of("env", launchers);
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "127.0.0.1:0", "--model", "fork")) {
            server.await("listening", line -> line.startsWith("listening "));
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                long worker = WorkerProcessIT.worker(server, 1);
                // The VM Thread is revived late, and blocks all signals until it is done.
                Eventually.equal(true, () -> Processes.threadsOf(worker).size() > 1);
                Eventually.equal(Set.of("0000000000000000"), () -> signalSets(worker));
            }
        }
    }

    /** What its threads block, ignore and have not taken. */
    private static Set<String> signalSets(long worker) throws IOException {
        Set<String> sets = new TreeSet<>();
        for (long thread : Processes.threadsOf(worker)) {
            for (String set : List.of("SigPnd", "ShdPnd", "SigBlk", "SigIgn")) {
                sets.add(Processes.status(thread, set));
            }
        }
        return sets;
    }

    @Test
    void aThousandConnectionsLeaveNothingBehindInLauncherAndStem() throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
            long stem = ForkServers.stem(server);
            serve(server, 50);
            server.await("end", line -> line.startsWith("end "), 50);
            List<String> launcherBefore = Processes.openOf(server.pid());
            Map<Integer, String> stemBefore = Processes.descriptorsOf(stem);

            serve(server, 1000);

            ForkServers.onlyTheStemIsLeft(server, 1050);
            Eventually.equal(launcherBefore, () -> Processes.openOf(server.pid()));
            assertEquals(stemBefore, Processes.descriptorsOf(stem));
            assertEquals(stem, ForkServers.stem(server));
            assertTrue(server.log().stream().allMatch(ForkWorkerIT::isOrdinary), () -> "" + server.log());
        }
    }

    @Test
    void sparesAreChildrenToo() throws Exception {
        try (ForkdServer server = ForkServers.echo("--spares", "3")) {
            serve(server, 200);
            server.await("end", line -> line.startsWith("end "), 200);
            List<Long> children = Processes.childrenOf(server.pid());
            Eventually.equal(List.of(), () -> Processes.zombiesOf(server.pid()));
            assertTrue(children.contains(ForkServers.stem(server)), () -> "" + children);
            assertTrue(children.size() <= 1 + 3 + 1, () -> "more than the stem and its spares: " + children);
        }
    }

    private static void serve(ForkdServer server, int connections) throws InterruptedException {
        try (Load load = new Load(server, connections)) {
            assertEquals(List.of(), load.failures(), server::unusual);
        }
    }

    private static boolean isOrdinary(String line) {
        return line.startsWith("stem ")
                || line.startsWith("listening ")
                || line.startsWith("accept ")
                || line.startsWith("warn message=\"workers run as root: ") // where the tests do
                || line.matches("end id=\\d+ worker=\\d+ exit=0 .*");
    }

    /** The client of a warm-up waits for the end of file, which comes when nobody holds the connection any more. */
    @Test
    void aWarmUpMayLeaveItsChannelOpen() throws Exception {
        try (ForkdServer server = ForkServers.serve(ReportHandler.class, "--warm-up", "3")) {
            String report = ForkServers.listen(server);
            assertTrue(report.startsWith("id=1 ") && report.endsWith(" open=true\n"), report);
            assertEquals(
                    3, // the control socket, the queue of the spares, and one that the class library keeps
                    Processes.descriptorsOf(ForkServers.stem(server)).values().stream()
                            .filter(target -> target.startsWith("socket:"))
                            .count());
        }
    }

    @Test
    void everyEndComesAfterItsAcceptAndNamesItsWorker() throws Exception {
        try (ForkdServer server = ForkServers.serve(ReportHandler.class, "--warm-up", "3")) {
            for (int i = 0; i < 200; i++) {
                assertTrue(ForkServers.listen(server).startsWith("id="));
            }
            server.await("end", line -> line.startsWith("end "), 200);
            Map<Long, Long> accepted = new TreeMap<>();
            for (String line : server.log()) {
                if (line.startsWith("accept ")) {
                    accepted.put(Events.number(line, "id"), Events.number(line, "worker"));
                } else if (line.startsWith("end ")) {
                    assertEquals(accepted.get(Events.number(line, "id")), Events.number(line, "worker"), line);
                }
            }
            assertEquals(200, accepted.size());
        }
    }

    private static String ps(long pid, String what) throws IOException, InterruptedException {
        return Commands.run("ps", "-ww", "-o", what + "=", "-p", Long.toString(pid))
                .output()
                .strip();
    }
}
