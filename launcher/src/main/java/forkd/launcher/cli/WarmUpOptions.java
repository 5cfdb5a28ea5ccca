package forkd.launcher.cli;

import forkd.launcher.process.WarmUpPlan;
import forkd.worker.Handlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How models fork and pool warm a handler up. */
final class WarmUpOptions {
    /** Whatever a small handler needs is loaded and linked then; to be compiled takes hundreds, which the rehearsal plays. */
    private static final int BUILT_IN_WARM_UPS = 10;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = {
                "Models fork and pool: how many connections the handler handles before it is copied, so that every worker is"
                        + " warm. In model pool each JVM does so by itself, before it waits.",
                "Default: 10 for the built-in handlers in model fork, else 0. A handler's warmUp() is called in any case."
            })
    private Integer runs;

    @Option(
            names = "--warm-up-input",
            paramLabel = "FILE",
            description = "What the client of each warm-up connection sends. Default: the line 'warm-up'.")
    private Path input;

    @Option(
            names = "--warm-up-classes",
            paramLabel = "FILE",
            description =
                    "Names of classes, one a line, that are loaded and initialised before the warm-up. Such a list is what"
                            + " -Xlog:class+load prints, or what a worker was seen to load.")
    private Path classes;

    /**
     * For a zygote, which is warmed once for all of its workers.
     *
     * @param handler the name of the handler, which the default depends on
     */
    WarmUpPlan plan(String handler) {
        int usual = Handlers.isBuiltIn(handler) ? BUILT_IN_WARM_UPS : 0;
        return new WarmUpPlan(runs == null ? usual : runs, input(), Optional.ofNullable(classes));
    }

    /** For a JVM of the pool, which takes longer to be warmed than to serve a connection that is not. */
    WarmUpPlan poolPlan() {
        return new WarmUpPlan(runs == null ? 0 : runs, input(), Optional.ofNullable(classes));
    }

    /** @param handler the name of the handler, which the default depends on */
    void effective(EffectiveValues values, Model model, String handler) {
        switch (model) {
            case FORK -> values.put("warm-up", plan(handler).runs());
            case POOL -> values.put("warm-up", poolPlan().runs());
            case AUTO, SPAWN -> {
                // Which of the two it becomes shows when it serves; and nothing is warmed for a spawn.
            }
        }
    }

    /** What the JVMs that are warmed read. */
    List<Path> files() {
        return Stream.of(input, classes).filter(Objects::nonNull).toList();
    }

    private Optional<Path> input() {
        return Optional.ofNullable(input);
    }
}
