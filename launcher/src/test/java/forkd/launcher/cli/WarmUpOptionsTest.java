package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.launcher.process.WarmUpPlan;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a handler is warmed up. */
class WarmUpOptionsTest {
    @Test
    void builtInHandlersAreWarmedUpUnasked() {
        assertEquals(WarmUpPlan.of(10), parse().plan("echo"));
    }

    @Test
    void inThePoolTheyAreNot() {
        assertEquals(WarmUpPlan.of(0), parse().poolPlan());
        assertEquals(3, parse("--warm-up", "3").poolPlan().runs());
    }

    @Test
    void otherHandlersAreNot() {
        assertEquals(WarmUpPlan.of(0), parse().plan("com.example.Hello"));
    }

    @Test
    void whatIsAskedForCounts() {
        WarmUpOptions options = parse("--warm-up", "3", "--warm-up-input", "request.txt");

        WarmUpPlan plan = new WarmUpPlan(3, Optional.of(Path.of("request.txt")), Optional.empty());
        assertEquals(plan, options.plan("echo"));
        assertEquals(plan, options.plan("com.example.Hello"));
    }

    private static WarmUpOptions parse(String... arguments) {
        return Mixins.parse(new WarmUpOptions(), arguments);
    }
}
