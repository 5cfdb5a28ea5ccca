package forkd.launcher.process;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.worker.WorkerContract;
import forkd.zygote.PooledWorkerMain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JVM that workers of the pool run in. */
public final class PoolJvm {
    /** The name of its archive. */
    public static final String ARCHIVE = "pool";

    /** How many times as often as usual a method is called until it is compiled. */
    private static final int LATER = 10;

    private PoolJvm() {}

    /**
     * The command line of a worker that waits.
     *
     * @param handler the handler's name
     * @param warmUp how the handler is warmed up
     * @param classPath the user's
     * @param archives the folder with the start-up archives of this JDK, null or without archives for a slow start
     * @param userOptions options of the user's, which come last and so win
     * @param environment of workers, of which one that waits gets what all have in common
     */
    public static ZygoteCommand command(
            String handler,
            WarmUpPlan warmUp,
            List<Path> classPath,
            Path archives,
            List<String> userOptions,
            WorkerEnvironment environment) {
        List<String> argv = new ArrayList<>();
        argv.add("forkd: worker waiting " + handler);
        argv.addAll(WorkerJvm.tuning(userOptions));
        argv.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"); // to take back the channel of a warm-up
        for (String opened : List.of("java.lang", "java.util", "jdk.internal.misc")) { // to change the environment
            argv.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        // Maps the archive where it needs no relocation, which would write to most of its pages.
        argv.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"));
        if (warmUp.runs() == 0 && !servesSeveral(userOptions)) {
            // What a start calls 200 times, one connection does not: compiling it takes longer than it saves.
            argv.add("-XX:CompileThresholdScaling=" + LATER);
            // Nor does it earn back the classes that make reflective calls fast since JDK 18. Older ones ignore this.
            argv.add("-Djdk.reflect.useNativeAccessorOnly=true");
        }
        argv.addAll(warmUp.options());
        argv.addAll(ZygoteJvm.nativeAccess());
        argv.addAll(WorkerJvm.archiveOption(archives, ARCHIVE));
        argv.addAll(userOptions);
        argv.addAll(List.of("-cp", ZygoteJvm.classPath(classPath), PooledWorkerMain.class.getName()));
        argv.addAll(warmUp.arguments(handler));
        return new ZygoteCommand(WorkerJvm.javaExecutable(), argv, environment.common());
    }

    private static boolean servesSeveral(List<String> userOptions) {
        return userOptions.stream().anyMatch(option -> option.startsWith("-D" + WorkerContract.CONNECTIONS + "="));
    }
}
