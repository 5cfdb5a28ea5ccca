package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No two workers draw the same numbers. */
@Timeout(180)
class ForkRandomnessIT {
    private static final String URANDOM = "-Djava.security.egd=file:/dev/./urandom";

    /** Each of them draws from all generators that there are: fifty milliseconds where page faults are slow. */
    private static final int WORKERS = 250;

    private static final int MANY_WORKERS = 1000;
    /** Where the generators' classes are not loaded before the fork each worker loads them, which takes its time. */
    private static final int COLD_WORKERS = 60;

    @Test
    void workersOfAWarmZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.Warm.class, WORKERS);
    }

    @Test
    @Tag("soak")
    void aThousandWorkersOfAWarmZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.Warm.class, MANY_WORKERS);
    }

    @Test
    void workersOfAColdZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.class, COLD_WORKERS);
    }

    @Test
    @Tag("soak")
    void aThousandWorkersOfAColdZygoteDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.class, MANY_WORKERS);
    }

    /** With a source of seeds that it does not know by this name the JDK's own default is a generator with state. */
    @ParameterizedTest
    @ValueSource(strings = {"file:/dev/./urandom", "file:///dev/urandom"})
    void anotherNameOfTheKernelsGeneratorMakesNoDifference(String source) throws Exception {
        allDifferent(RandomnessHandler.Warm.class, COLD_WORKERS, "-J", "-Djava.security.egd=" + source);
    }

    @Test
    @Tag("soak")
    void aThousandWorkersWithAnotherNameOfTheKernelsGeneratorDrawDifferentNumbers() throws Exception {
        allDifferent(RandomnessHandler.class, MANY_WORKERS, "-J", URANDOM);
    }

    @Test
    void anotherNameInAFileOfSecurityPropertiesMakesNoDifference(@TempDir Path folder) throws Exception {
        Path properties = Files.writeString(folder.resolve("more.security"), "securerandom.source=file:/dev/./urandom");
        allDifferent(RandomnessHandler.Warm.class, 20, "-J", "-Djava.security.properties=" + properties);
    }

    /** What JDK and libraries keep of such a default cannot be renewed. */
    @Test
    void anotherSourceOfSeedsIsRefused(@TempDir Path folder) throws Exception {
        Path seeds = Files.write(folder.resolve("seeds"), new byte[4096]);
        String option = "-Djava.security.egd=file:" + seeds;
        try (ForkdServer server = ForkServers.launch(RandomnessHandler.class, "-J", option)) {
            assertEquals(1, server.exitCode());
            assertTrue(
                    server.log().stream().anyMatch(line -> line.startsWith("forkd: ") && line.contains("DRBG of SUN")),
                    () -> "" + server.log());
        }
        try (ForkdServer server = ForkdServer.serve("-l", "127.0.0.1:0", "-J", option)) {
            assertTrue(server.log().stream().anyMatch(line -> line.contains("using model pool")), server::unusual);
        }
    }

    @Test
    void aProviderOfTheHandlersInFrontIsRefused() throws Exception {
        try (ForkdServer server = ForkServers.launch(OwnRandomHandler.ProviderInFront.class)) {
            assertEquals(1, server.exitCode());
            assertTrue(
                    server.log().stream().anyMatch(line -> line.startsWith("forkd: ") && line.contains("Mine of Own")),
                    () -> "" + server.log());
        }
    }

    @Test
    void virtualThreadsFromBeforeTheForkDrawDifferentNumbers() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with Java 21");
        Map<String, List<String>> drawn = drawn(VirtualRandomHandler.class, 20);
        assertEquals(Set.of("started-by-itself", "of-an-executor"), drawn.keySet());
        different(drawn);
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

    private static void allDifferent(Class<? extends ConnectionHandler> handler, int workers, String... options)
            throws Exception {
        Map<String, List<String>> drawn = drawn(handler, workers, options);
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
    private static Map<String, List<String>> drawn(
            Class<? extends ConnectionHandler> handler, int workers, String... options) throws Exception {
        Map<String, List<String>> drawn = new TreeMap<>();
        ExecutorService clients = Executors.newFixedThreadPool(Load.CLIENTS);
        try (ForkdServer server = ForkServers.serve(handler, options)) {
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
