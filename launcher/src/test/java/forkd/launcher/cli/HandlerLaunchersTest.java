package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import forkd.launcher.process.Confiner;
import forkd.launcher.process.FallbackLauncher;
import forkd.launcher.process.PoolPolicy;
import forkd.launcher.process.StemPolicy;
import forkd.launcher.process.WarmUpPlan;
import forkd.launcher.process.WorkerEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The launcher of each model. */
class HandlerLaunchersTest {
    private final HandlerLaunchers launchers = new HandlerLaunchers(
            ServedHandler.handler("echo", List.of(), List.of()),
            WarmUpPlan.of(0),
            WarmUpPlan.of(0),
            new StemPolicy(1, OptionalInt.empty(), false),
            new PoolPolicy(1, 1, Duration.ofSeconds(1)),
            new WorkerEnvironment(Map.of(), List.of(), Map.of(), Set.of()),
            Confiner.NONE);

    @ParameterizedTest
    @EnumSource(names = {"FORK", "POOL", "SPAWN"})
    void aModelHasItsLauncher(Model model) {
        assertEquals(model.toString(), launchers.of(model).model());
    }

    @Test
    void autoDecidesWhenItStarts() {
        assertInstanceOf(FallbackLauncher.class, launchers.of(Model.AUTO));
    }
}
