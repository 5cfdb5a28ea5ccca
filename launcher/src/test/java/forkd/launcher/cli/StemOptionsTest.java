package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.process.StemPolicy;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** How stems are used. */
class StemOptionsTest {
    @Test
    void theDefaultsFollowTheDemandAndTheMachine() {
        assertEquals(new StemPolicy(100_000, OptionalInt.empty(), true), parse().policy());
    }

    @Test
    void whatIsAskedForCounts() {
        StemOptions options = parse("--stem-max-forks", "7", "--spares", "2", "--huge-pages", "never");

        assertEquals(new StemPolicy(7, OptionalInt.of(2), false), options.policy());
    }

    @Test
    void aStemForksAtLeastOnce() {
        Mixins.assertUsage("--stem-max-forks is at least 1, not 0", parse("--stem-max-forks", "0")::policy);
    }

    private static StemOptions parse(String... arguments) {
        return Mixins.parse(new StemOptions(), arguments);
    }
}
