package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.function.Executable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** A command line whose command has the options of one class only. */
@Command
final class Mixins<T> {
    @Mixin
    private final T options;

    private Mixins(T options) {
        this.options = options;
    }

    /** The options as these arguments set them. */
    static <T> T parse(T options, String... arguments) {
        Mixins<T> command = new Mixins<>(options);
        Forkd.configured(new CommandLine(command)).parseArgs(arguments);
        return command.options;
    }

    static void assertUsage(String message, Executable refused) {
        assertEquals(message, assertThrows(ParameterException.class, refused).getMessage());
    }
}
