package forkd.launcher.cli;

import forkd.launcher.process.StemPolicy;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How model fork uses its stems. */
final class StemOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--spares",
            paramLabel = "N|auto",
            defaultValue = "auto",
            converter = SparesConverter.class,
            description =
                    "Model fork: how many workers are forked ahead and wait. auto follows the demand: none for a quiet"
                            + " server, up to 8 for a busy one. Default: ${DEFAULT-VALUE}.")
    private OptionalInt spares;

    @Option(
            names = "--stem-max-forks",
            paramLabel = "N",
            defaultValue = "100000",
            description =
                    "Model fork: after so many workers the stem is replaced, in the background. Default: ${DEFAULT-VALUE}.")
    private int maxForks;

    @Option(
            names = "--huge-pages",
            paramLabel = "auto|never",
            defaultValue = "auto",
            description = {
                "Model fork: auto moves the memory of a stem into huge pages where the machine has them, which makes workers"
                        + " start faster and costs memory once for each stem. Default: ${DEFAULT-VALUE}."
            })
    private HugePageUse hugePages;

    /** Whether they are used. */
    enum HugePageUse {
        AUTO,
        NEVER
    }

    StemPolicy policy() {
        Usage.atLeastOne(spec, "--stem-max-forks", maxForks);
        return new StemPolicy(maxForks, spares, hugePages == HugePageUse.AUTO);
    }
}
