package forkd.launcher.cli;

import forkd.launcher.freeze.ForkSupport;
import forkd.launcher.process.DescriptorStyle;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Refuses options of {@code serve} that do not go with what is served. Options that exclude others of their own kind are
 * checked where they stand.
 *
 * @param spec the command that has been given them
 * @param model where workers come from
 * @param handler the options of handlers
 * @param style where a worker finds its connection
 * @param root the root directory of workers
 */
record OptionConflicts(
        CommandSpec spec, Model model, HandlerOptions handler, DescriptorStyle style, Optional<String> root) {
    /** @param program the command's first word */
    void checkForCommand(String program) {
        if (model == Model.FORK || model == Model.POOL) {
            throw Usage.error(spec, "--model " + model + " is for Java handlers, and a command was given: " + program);
        }
        if (handler.isGiven()) {
            throw Usage.error(
                    spec,
                    "--handler, --main, --classpath and --java-option are for Java handlers, and a command was given: "
                            + program);
        }
    }

    void checkForHandler(ServedHandler served) {
        if (style == DescriptorStyle.LISTEN) {
            throw Usage.error(spec, "--descriptor listen is for commands: a handler is given its Connection");
        }
        if (root.isPresent()) {
            throw Usage.error(
                    spec,
                    "--chroot is for commands: a handler's JVM loads parts of its JDK while it runs; see --sandbox-read");
        }
        Optional<String> objection = ForkSupport.objection(served.javaOptions());
        if (model == Model.FORK && objection.isPresent()) {
            throw Usage.error(spec, "--model fork cannot be used: " + objection.get());
        }
    }
}
