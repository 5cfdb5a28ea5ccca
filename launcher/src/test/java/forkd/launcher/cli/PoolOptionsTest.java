package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.process.PoolPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many JVMs of a pool wait. */
class PoolOptionsTest {
    private static final Duration MINUTE = Duration.ofSeconds(60);

    @ParameterizedTest
    @CsvSource({"2, 6", "1, 1", "3, 8"})
    void bothNumbersCount(String min, String max) {
        PoolPolicy policy =
                parse("--pool-min-spare", min, "--pool-max-spare", max).policy();

        assertEquals(new PoolPolicy(Integer.parseInt(min), Integer.parseInt(max), MINUTE), policy);
    }

    @Test
    void theMostIsNeverLessThanTheLeast() {
        assertEquals(
                new PoolPolicy(9, 9, MINUTE), parse("--pool-min-spare", "9").policy());
    }

    @ParameterizedTest
    @CsvSource({"--pool-min-spare, 0", "--pool-max-spare, -1", "--connections-per-worker, 0"})
    void lessThanOneIsRefused(String option, String value) {
        Mixins.assertUsage(option + " is at least 1, not " + value, parse(option, value)::policy);
    }

    @Test
    void aStartMayTakeItsTime() {
        assertEquals(
                Duration.ofMillis(500),
                parse("--pool-start-timeout", "500ms").policy().startTimeout());
        Mixins.assertUsage("--pool-start-timeout is longer than nothing", parse("--pool-start-timeout", "0s")::policy);
    }

    @Test
    void onlyThePoolServesSeveralConnectionsWithOneWorker() {
        PoolOptions options = parse("--connections-per-worker", "9");

        assertEquals(9, options.policy().connectionsPerWorker());
        assertDoesNotThrow(() -> options.checkFor(Model.POOL));
        for (Model other : List.of(Model.AUTO, Model.FORK, Model.SPAWN)) {
            Mixins.assertUsage(
                    "--connections-per-worker is for --model pool: the other models have a process for each connection",
                    () -> options.checkFor(other));
        }
        assertDoesNotThrow(() -> parse().checkFor(Model.SPAWN));
    }

    private static PoolOptions parse(String... arguments) {
        return Mixins.parse(new PoolOptions(), arguments);
    }
}
