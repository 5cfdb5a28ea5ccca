package forkd.launcher.cli;

import forkd.launcher.freeze.ForkSupport;
import forkd.launcher.process.Confiner;
import forkd.launcher.process.FallbackLauncher;
import forkd.launcher.process.ForkLauncher;
import forkd.launcher.process.HandlerProgram;
import forkd.launcher.process.PoolJvm;
import forkd.launcher.process.PoolLauncher;
import forkd.launcher.process.PoolPolicy;
import forkd.launcher.process.SpawnLauncher;
import forkd.launcher.process.StemPolicy;
import forkd.launcher.process.WarmUpPlan;
import forkd.launcher.process.WorkerEnvironment;
import forkd.launcher.process.WorkerJvm;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.ZygoteJvm;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the launcher of a handler for each model. Nothing is started.
 *
 * @param handler what workers run
 * @param warmUp model fork: what it does before
 * @param poolWarmUp model pool: the same, in each JVM
 * @param stem model fork
 * @param pool model pool
 * @param environment of workers
 * @param confiner what workers give up
 */
record HandlerLaunchers(
        ServedHandler handler,
        WarmUpPlan warmUp,
        WarmUpPlan poolWarmUp,
        StemPolicy stem,
        PoolPolicy pool,
        WorkerEnvironment environment,
        Confiner confiner) {
    WorkerLauncher of(Model model) {
        return switch (model) {
            case AUTO -> new FallbackLauncher(ForkSupport.objection(handler.javaOptions()), this::fork, this::pooled);
            case FORK -> fork();
            case POOL -> pooled();
            case SPAWN -> spawn();
        };
    }

    private WorkerLauncher fork() {
        return new ForkLauncher(
                ZygoteJvm.command(
                        handler.name(), warmUp, handler.classPath(), Archives.folder(), javaOptions(), environment),
                handler.name(),
                environment,
                stem,
                confiner);
    }

    private WorkerLauncher pooled() {
        return new PoolLauncher(
                PoolJvm.command(
                        handler.name(), poolWarmUp, handler.classPath(), Archives.folder(), poolOptions(), environment),
                handler.name(),
                environment,
                pool,
                confiner);
    }

    private WorkerLauncher spawn() {
        WorkerJvm jvm = WorkerJvm.of(handler.classPath(), Archives.folder(), javaOptions());
        return new SpawnLauncher(new HandlerProgram(jvm, handler.name()), environment, confiner);
    }

    private List<String> poolOptions() {
        List<String> options = new ArrayList<>(javaOptions());
        options.addAll(pool.javaOptions());
        return options;
    }

    private List<String> javaOptions() {
        return confiner.javaOptions(handler.javaOptions());
    }
}
