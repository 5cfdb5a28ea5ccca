package forkd.launcher.cli;

import forkd.launcher.process.PoolPolicy;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How model pool keeps JVMs ready. */
final class PoolOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--pool-min-spare",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Model pool: how many JVMs wait, started ahead; fewer are filled up. Default: ${DEFAULT-VALUE}.")
    private int minSpare;

    @Option(
            names = "--pool-max-spare",
            paramLabel = "N",
            defaultValue = "6",
            description = "Model pool: how many JVMs may wait; more are ended. Default: ${DEFAULT-VALUE}.")
    private int maxSpare;

    @Option(
            names = "--pool-start-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "60s",
            description = "Model pool: a JVM that does not wait by then, with its handler loaded and warmed, is killed."
                    + " Starts that fail are repeated after pauses that double. Default: ${DEFAULT-VALUE}.")
    private Duration startTimeout;

    PoolPolicy policy() {
        Usage.atLeastOne(spec, "--pool-min-spare", minSpare);
        Usage.atLeastOne(spec, "--pool-max-spare", maxSpare);
        if (startTimeout.isZero()) {
            throw Usage.error(spec, "--pool-start-timeout is longer than nothing");
        }
        return new PoolPolicy(minSpare, Math.max(minSpare, maxSpare), startTimeout);
    }
}
