package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stems are replaced and killed, and no client notices; with the launcher they end. */
@Timeout(120)
class ForkStemIT {
    private static final int HUGE_KIBIBYTES = 2048;

    @ParameterizedTest
    @ValueSource(strings = {"0", "4"})
    void aKilledStemUnderLoadCostsNoConnection(String spares) throws Exception {
        try (ForkdServer server = ForkServers.echo("--spares", spares);
                Load load = new Load(server, 20_000)) {
            for (int kills = 1; kills <= 3; kills++) {
                server.await("accept", line -> line.startsWith("accept "), 200 * kills);
                Commands.run("kill", "-9", Long.toString(ForkServers.stem(server)));
                server.await("the next stem", line -> line.matches("stem .* reason=death .*"), kills);
            }
            int connections = load.stop();
            assertEquals(List.of(), load.failures(), server::unusual);
            allServed(server, connections);
        }
    }

    @Test
    void aKilledIdleStemIsReplacedBeforeAnybodyAsks() throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
            long first = ForkServers.stem(server);
            Commands.run("kill", "-9", Long.toString(first));
            server.await("the next stem", line -> line.matches("stem .* reason=death .*"));
            assertNotEquals(first, ForkServers.stem(server));
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
            }
            ForkServers.onlyTheStemIsLeft(server, 1);
        }
    }

    /** The stem that is being made when the second signal comes may have loaded the old classes. */
    @Test
    void aReloadWhileAStemIsMadeMakesOneMore() throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
            server.signal("HUP");
            Eventually.equal(true, () -> hasZygote(server));
            server.signal("HUP");
            server.await("stems", line -> line.matches("stem .* reason=reload .*"), 2);
            assertEquals("served", EchoIT.nc("served", "127.0.0.1", server.port()));
        }
    }

    private static boolean hasZygote(ForkdServer server) throws IOException {
        return !Processes.childrenTitled(server.pid(), "forkd: zygote").isEmpty();
    }

    @Test
    void aHandlerThatCannotBeLoadedAnyMoreIsTriedAgainAndNotWithoutPause(@TempDir Path folder) throws Exception {
        Path broken = folder.resolve("broken");
        try (ForkdServer server = ForkServers.serve(BadHandlers.BrokenIf.class, "-J-Dbroken=" + broken)) {
            Files.createFile(broken);
            Commands.run("kill", "-9", Long.toString(ForkServers.stem(server)));
            server.await("warn", line -> line.contains("no new stem: "), 1);
            long first = System.nanoTime();
            server.await("warn", line -> line.contains("no new stem: "), 2);
            assertTrue(System.nanoTime() - first > 900_000_000L, "a pause of a second");
            Files.delete(broken);
            server.await("the next stem", line -> line.matches("stem .* reason=death .*"));
            assertEquals("mended", EchoIT.nc("", "127.0.0.1", server.port()));
        }
    }

    @Test
    void aLiveWorkerOutlivesItsStem() throws Exception {
        try (ForkdServer server = ForkServers.echo();
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            Commands.run("kill", "-9", Long.toString(ForkServers.stem(server)));
            server.await("the next stem", line -> line.matches("stem .* reason=death .*"));
            WorkerProcessIT.ping(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "4"})
    void aStemIsReplacedAfterItsForksUnderLoad(String spares) throws Exception {
        try (ForkdServer server = ForkServers.echo("--spares", spares, "--stem-max-forks", "50");
                Load load = new Load(server, 20_000)) {
            // One after the other: under load each takes a slow machine a dozen seconds.
            server.await("the next stem", line -> line.matches("stem .* reason=forks .*"));
            server.await("the one after it", line -> line.matches("stem .* reason=forks .*"), 2);
            int connections = load.stop();
            assertEquals(List.of(), load.failures(), server::unusual);
            allServed(server, connections);
            Set<Long> pids = new TreeSet<>();
            server.log().stream()
                    .filter(line -> line.startsWith("stem "))
                    .forEach(line -> pids.add(Events.number(line, "pid")));
            assertTrue(pids.size() >= 3, () -> "stems: " + pids);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "never"})
    void theMemoryOfAStemIsInHugePagesUnlessToldOtherwise(String option) throws Exception {
        String enabled = Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
        try (ForkdServer server = ForkServers.echo("--huge-pages", option);
                Socket client = server.connect()) {
            WorkerProcessIT.ping(client);
            // A worker's: it has those that it has touched, seven and more.
            long kibibytes = hugeKibibytes(
                    Events.number(server.await("a worker", line -> line.startsWith("accept ")), "worker"));
            if (option.equals("auto") && !enabled.contains("[never]")) {
                assertTrue(kibibytes >= 4 * HUGE_KIBIBYTES, () -> kibibytes + " KiB are in huge pages");
            } else if (enabled.contains("[madvise]")) {
                assertEquals(0, kibibytes);
            }
        }
    }

    /** The memory in which a stem has no objects is replaced: it must be known that there are none. */
    @Test
    void objectsThatAreMadeUntilTheSplitAreThere() throws Exception {
        try (ForkdServer server = ForkServers.serve(GrowingHandler.class, "-J", "-Xms128m", "-J", "-Xmn64m")) {
            assertEquals("many made, broken 0", ForkServers.listen(server));
            assertEquals(
                    List.of(),
                    server.log().stream()
                            .filter(line -> line.contains("trying again"))
                            .toList());
        }
    }

    private static long hugeKibibytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith("AnonHugePages:") || line.startsWith("ShmemPmdMapped:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .sum();
    }

    @Test
    void withTheLauncherItsStemIsGone() throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
            try (Socket client = server.connect()) {
                WorkerProcessIT.ping(client);
                server.signal("KILL");
                WorkerProcessIT.ping(client);
            }
            // This waits for the end of the log too, which the stem and the worker would hold open.
            assertEquals(137, server.exitCode());
        }
    }

    @Test
    void theLauncherEndsWithoutAStemLeft() throws Exception {
        try (ForkdServer server = ForkServers.echo()) {
            server.signal("TERM");
            assertEquals(0, server.exitCode());
        }
    }

    private static void allServed(ForkdServer server, int connections) throws Exception {
        List<String> ends = server.await("end", line -> line.startsWith("end "), connections);
        Set<Long> ids = new TreeSet<>();
        for (String end : ends) {
            assertTrue(end.contains(" exit=0 "), end);
            ids.add(Events.number(end, "id"));
        }
        assertEquals(connections, ids.size());
        assertTrue(server.log().stream().noneMatch(line -> line.startsWith("reject ")), () -> "" + server.log());
    }
}
