package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.process.PoolPolicy;
import java.time.Duration;
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
    @CsvSource({"--pool-min-spare, 0", "--pool-max-spare, -1"})
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

    private static PoolOptions parse(String... arguments) {
        return Mixins.parse(new PoolOptions(), arguments);
    }
}
