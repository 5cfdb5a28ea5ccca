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
        assertEquals(new WarmUpPlan(50, Optional.empty()), parse().plan("echo"));
    }

    @Test
    void inThePoolTheyAreNot() {
        assertEquals(new WarmUpPlan(0, Optional.empty()), parse().poolPlan());
        assertEquals(3, parse("--warm-up", "3").poolPlan().runs());
    }

    @Test
    void otherHandlersAreNot() {
        assertEquals(new WarmUpPlan(0, Optional.empty()), parse().plan("com.example.Hello"));
    }

    @Test
    void whatIsAskedForCounts() {
        WarmUpOptions options = parse("--warm-up", "3", "--warm-up-input", "request.txt");

        WarmUpPlan plan = new WarmUpPlan(3, Optional.of(Path.of("request.txt")));
        assertEquals(plan, options.plan("echo"));
        assertEquals(plan, options.plan("com.example.Hello"));
    }

    private static WarmUpOptions parse(String... arguments) {
        return Mixins.parse(new WarmUpOptions(), arguments);
    }
}
