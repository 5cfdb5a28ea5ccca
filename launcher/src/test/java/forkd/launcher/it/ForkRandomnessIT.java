package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No two workers draw the same numbers. */
@Timeout(180)
class ForkRandomnessIT {
    private static final int WORKERS = 1000;
    /** Where the generators' classes are not loaded before the fork each worker loads them, which takes its time. */
    private static final int COLD_WORKERS = 150;

    @Test
    void workersOfAWarmZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.Warm.class, WORKERS);
    }

    @Test
    void workersOfAColdZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.class, COLD_WORKERS);
    }

    @Test
    @Tag("soak")
    void aThousandWorkersOfAColdZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.class, WORKERS);
    }

    /** A documented no: forkd does not find generators of the handler's, and they go on alike in every worker. */
    @Test
    void generatorsOfTheHandlersGoOnAlike() throws Exception {
        Map<String, List<String>> drawn = drawn(OwnRandomHandler.class, 20);
        assertEquals(Set.of("DRBG", "SHA1PRNG", "Random"), kinds(drawn));
        drawn.forEach((kind, values) -> assertEquals(1, new HashSet<>(values).size(), kind));
    }

    @Test
    void aHookThatReseedsThemIsTheCure() throws Exception {
        Map<String, List<String>> drawn = drawn(OwnRandomHandler.Reseeding.class, 200);
        assertEquals(Set.of("DRBG", "SHA1PRNG", "Random"), kinds(drawn));
        different(drawn);
    }

    private static Set<String> kinds(Map<String, List<String>> drawn) {
        Set<String> kinds = new HashSet<>();
        drawn.keySet().forEach(kind -> kinds.add(kind.substring(kind.indexOf('-') + 1)));
        return kinds;
    }

    private static void allDifferent(Class<? extends ConnectionHandler> handler, int workers) throws Exception {
        Map<String, List<String>> drawn = drawn(handler, workers);
        assertTrue(drawn.size() > 25, () -> "kinds: " + drawn.keySet());
        drawn.forEach((kind, values) -> assertEquals(workers * RandomnessHandler.DRAWS, values.size(), kind));
        different(drawn);
    }

    private static void different(Map<String, List<String>> drawn) {
        Map<String, String> alike = new TreeMap<>();
        drawn.forEach((kind, values) -> {
            int distinct = new HashSet<>(values).size();
            if (distinct < values.size()) {
                alike.put(kind, distinct + " of " + values.size());
            }
        });
        assertEquals(Map.of(), alike, "kinds with fewer different numbers than numbers");
    }

    /** What all workers together have drawn of each kind. */
    private static Map<String, List<String>> drawn(Class<? extends ConnectionHandler> handler, int workers)
            throws Exception {
        Map<String, List<String>> drawn = new TreeMap<>();
        ExecutorService clients = Executors.newFixedThreadPool(Load.CLIENTS);
        try (ForkdServer server = ForkServers.serve(handler)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                answers.add(clients.submit(() -> listen(server)));
            }
            for (Future<String> answer : answers) {
                for (String line : answer.get().lines().toList()) {
                    int blank = line.indexOf(' ');
                    drawn.computeIfAbsent(line.substring(0, blank), kind -> new ArrayList<>())
                            .add(line.substring(blank + 1));
                }
            }
        } finally {
            clients.shutdownNow();
        }
        return drawn;
    }

    private static String listen(ForkdServer server) {
        try {
            return ForkServers.listen(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
