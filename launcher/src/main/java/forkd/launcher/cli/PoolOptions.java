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

    @Option(
            names = "--connections-per-worker",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Model pool: how many connections a worker serves at the most, one after the other, before it ends. With more"
                            + " than one, what a handler keeps in memory is there for the next client, too. A worker"
                            + " serves up to a tenth less (or one less), by chance, so that they do not all end together."
                            + " Default: ${DEFAULT-VALUE}.")
    private int connectionsPerWorker;

    /** Refuses what only this model has. */
    void checkFor(Model model) {
        if (connectionsPerWorker > 1 && model != Model.POOL) {
            throw Usage.error(
                    spec,
                    "--connections-per-worker is for --model pool: the other models have a process for each connection");
        }
    }

    void effective(EffectiveValues values) {
        values.put("pool-max-spare", policy().maxSpare());
    }

    PoolPolicy policy() {
        Usage.atLeastOne(spec, "--connections-per-worker", connectionsPerWorker);
        Usage.atLeastOne(spec, "--pool-min-spare", minSpare);
        Usage.atLeastOne(spec, "--pool-max-spare", maxSpare);
        if (startTimeout.isZero()) {
            throw Usage.error(spec, "--pool-start-timeout is longer than nothing");
        }
        return new PoolPolicy(minSpare, Math.max(minSpare, maxSpare), startTimeout, connectionsPerWorker);
    }
}
