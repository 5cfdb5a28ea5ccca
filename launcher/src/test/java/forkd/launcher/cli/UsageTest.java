package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** How options are refused. */
class UsageTest {
    private final CommandLine line = new CommandLine(CommandSpec.create());

    @Test
    void aRefusalKnowsItsCommand() {
        assertSame(line, Usage.error(line.getCommandSpec(), "no").getCommandLine());
    }

    @Test
    void aCountIsOneOrMore() {
        assertEquals(1, Usage.atLeastOne(line.getCommandSpec(), "--count", 1));
        Mixins.assertUsage("--count is at least 1, not 0", () -> Usage.atLeastOne(line.getCommandSpec(), "--count", 0));
    }
}
