package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import forkd.launcher.process.DescriptorStyle;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What does not go together. */
class OptionConflictsTest {
    private static final Optional<String> NO_ROOT = Optional.empty();
    private static final HandlerOptions NO_HANDLER = new HandlerOptions();

    private final CommandSpec spec = new CommandLine(CommandSpec.create()).getCommandSpec();

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "SPAWN"})
    void aCommandIsSpawned(Model model) {
        assertDoesNotThrow(() -> conflicts(model, NO_HANDLER, DescriptorStyle.LISTEN, Optional.of("/srv"))
                .checkForCommand("/bin/cat"));
    }

    @ParameterizedTest
    @EnumSource(names = {"FORK", "POOL"})
    void aCommandIsNotForkedAndHasNoPool(Model model) {
        Mixins.assertUsage(
                "--model " + model + " is for Java handlers, and a command was given: /bin/cat",
                () -> conflicts(model, NO_HANDLER, DescriptorStyle.INETD, NO_ROOT)
                        .checkForCommand("/bin/cat"));
    }

    @Test
    void aCommandIsNoHandler() {
        HandlerOptions handler = Mixins.parse(new HandlerOptions(), "--handler", "echo");

        Mixins.assertUsage(
                "--handler, --main, --classpath and --java-option are for Java handlers, and a command was given: /bin/cat",
                () -> conflicts(Model.AUTO, handler, DescriptorStyle.INETD, NO_ROOT)
                        .checkForCommand("/bin/cat"));
    }

    @Test
    void aHandlerIsGivenItsConnection() {
        Mixins.assertUsage(
                "--descriptor listen is for commands: a handler is given its Connection",
                () -> conflicts(Model.AUTO, NO_HANDLER, DescriptorStyle.LISTEN, NO_ROOT)
                        .checkForHandler(echo()));
    }

    @Test
    void aHandlerNeedsItsJdk() {
        Mixins.assertUsage(
                "--chroot is for commands: a handler's JVM loads parts of its JDK while it runs; see --sandbox-read",
                () -> conflicts(Model.AUTO, NO_HANDLER, DescriptorStyle.INETD, Optional.of("/srv"))
                        .checkForHandler(echo()));
    }

    @Test
    void aForkThatCannotBeIsRefusedAndNotReplaced() {
        ServedHandler parallel = echo("-XX:+UseParallelGC");

        Mixins.assertUsage(
                "--model fork cannot be used: it needs Serial GC, and here is -XX:+UseParallelGC",
                () -> conflicts(Model.FORK, NO_HANDLER, DescriptorStyle.INETD, NO_ROOT)
                        .checkForHandler(parallel));
        assertDoesNotThrow(() -> conflicts(Model.AUTO, NO_HANDLER, DescriptorStyle.INETD, NO_ROOT)
                .checkForHandler(parallel));
    }

    private OptionConflicts conflicts(
            Model model, HandlerOptions handler, DescriptorStyle style, Optional<String> root) {
        return new OptionConflicts(spec, model, handler, style, root);
    }

    private static ServedHandler echo(String... javaOptions) {
        return ServedHandler.handler("echo", List.of(), List.of(javaOptions));
    }
}
