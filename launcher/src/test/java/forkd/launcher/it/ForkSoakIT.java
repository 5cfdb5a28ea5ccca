package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred thousand connections, each with a process of its own, by one launcher. Minutes long: {@code mvn -Psoak verify}. */
@Tag("soak")
@Timeout(3600)
class ForkSoakIT {
    private static final int CONNECTIONS = 100_000;
    /** The launcher's heap and code have grown to their size by then. */
    private static final int SETTLED = 20_000;

    private static final int FORKS_OF_A_STEM = 15_000;
    private static final long MAX_GROWTH_KB = 64 << 10;

    @Test
    void aHundredThousandConnections() throws Exception {
        try (ForkdServer server = ForkServers.echo("--spares", "auto", "--stem-max-forks", "" + FORKS_OF_A_STEM)) {
            serve(server, SETTLED);
            Usage before = Usage.of(server.pid());
            double seconds = serve(server, CONNECTIONS - SETTLED);

            Set<Long> ids = new TreeSet<>();
            for (String end : server.await("end", line -> line.startsWith("end "), CONNECTIONS)) {
                assertTrue(end.contains(" exit=0 "), end);
                ids.add(Events.number(end, "id"));
            }
            assertEquals(CONNECTIONS, ids.size());
            // Quiet for a moment, spares end, and so do the stems that have been replaced.
            Usage after = Usage.of(server.pid());
            List<String> stems = server.log().stream()
                    .filter(line -> line.startsWith("stem "))
                    .toList();
            System.out.printf(
                    "%d connections, %.0f a second, %d stems; before: %s, after: %s%n",
                    CONNECTIONS, (CONNECTIONS - SETTLED) / seconds, stems.size(), before, after);
            assertTrue(stems.size() > CONNECTIONS / FORKS_OF_A_STEM / 2, () -> "" + stems);
            assertEquals(
                    List.of(),
                    server.log().stream()
                            .filter(line -> !line.matches("(stem|listening|accept|end) .*"))
                            .filter(line -> !line.contains("workers run as root"))
                            .toList());
            assertEquals(0, after.zombies());
            assertTrue(after.descriptors() <= before.descriptors() + 4, () -> before + " -> " + after);
            assertTrue(after.threads() <= before.threads() + 2, () -> before + " -> " + after);
            assertTrue(after.residentKb() <= before.residentKb() + MAX_GROWTH_KB, () -> before + " -> " + after);
        }
    }

    private static double serve(ForkdServer server, int connections) throws InterruptedException {
        long start = System.nanoTime();
        try (Load load = new Load(server, connections)) {
            assertEquals(List.of(), load.failures(), server::unusual);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** What the launcher takes. */
    private record Usage(int descriptors, int threads, long residentKb, int children, int zombies) {
        static Usage of(long pid) throws IOException {
            List<Long> children = Processes.childrenOf(pid);
            int zombies = 0;
            for (long child : children) {
                if (Processes.exists(child) && Processes.status(child, "State").startsWith("Z")) {
                    zombies++;
                }
            }
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
                return new Usage(
                        Processes.descriptorsOf(pid).size(),
                        (int) tasks.count(),
                        Long.parseLong(Processes.status(pid, "VmRSS").replace(" kB", "")),
                        children.size(),
                        zombies);
            }
        }
    }
}
