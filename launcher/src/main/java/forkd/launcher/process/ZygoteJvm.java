package forkd.launcher.process;

import forkd.launcher.freeze.ZygoteCommand;
import forkd.zygote.ZygoteMain;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JVM that zygotes run in: this launcher's own JDK with the options that make a copy of it work and cheap. */
public final class ZygoteJvm {
    /** The name of its archive. */
    public static final String ARCHIVE = "zygote";

    private static final int FIRST_WITH_NATIVE_ACCESS = 22;
    private static final int FIRST_WITH_RANDOM_IN_BASE = 19;

    private ZygoteJvm() {}

    /**
     * The command line.
     *
     * @param handler the handler's name
     * @param warmUp how the handler is warmed up
     * @param classPath the user's
     * @param archives the folder with the start-up archives of this JDK, null or without archives for a slow start
     * @param userOptions options of the user's, which come last and so win
     * @param environment of workers, of which a zygote gets what all workers have in common
     */
    public static ZygoteCommand command(
            String handler,
            WarmUpPlan warmUp,
            List<Path> classPath,
            Path archives,
            List<String> userOptions,
            WorkerEnvironment environment) {
        List<String> argv = new ArrayList<>();
        argv.add("forkd: zygote " + handler);
        argv.addAll(options());
        argv.addAll(warmUp.options());
        argv.addAll(WorkerJvm.archiveOption(archives, ARCHIVE));
        argv.addAll(userOptions);
        argv.add("-cp");
        argv.add(classPath(classPath));
        argv.add(ZygoteMain.class.getName());
        argv.addAll(warmUp.arguments(handler));
        List<String> variables = new ArrayList<>(environment.common());
        variables.add("MALLOC_ARENA_MAX=1"); // every arena is a mapping more for each fork to copy
        variables.add("MALLOC_MMAP_THRESHOLD_=33554432"); // and so is every large block, which has small pages besides
        return new ZygoteCommand(WorkerJvm.javaExecutable(), argv, variables);
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                "-XX:+UseSerialGC", // collects in the VM Thread, and has no threads of its own
                "-XX:-UsePerfData", // the file would be a mapping that all copies share
                "-Xrs", // no handlers for SIGTERM and the like: their thread sleeps in a copy, and the signal must end
                // it
                "-XX:+DisableAttachMechanism", // with -Xrs its thread is always there, and always in accept
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:GuaranteedSafepointInterval=0", // lets the VM Thread sleep, so that it can be captured
                "-XX:ArchiveRelocationMode=0", // maps the CDS archive where it needs no relocation, so that it stays
                // clean
                "-XX:+SuppressFatalErrorMessage", // it is written to descriptor 1, and that is the client
                "-XX:+DisplayVMOutputToStderr",
                "-Xlog:disable",
                WorkerJvm.errorsToStderr(),
                // Code of C1 alone counts nothing: with C2 every worker writes to a hundred pages of counters and
                // profiles.
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=0.5", // the rehearsal plays until all is compiled: forkd.zygote.Rehearsal
                "-Xms16m",
                "-Xss1m", // the kernel gives a stack of a huge page's size a page table of its own
                "-Dorg.crac.Core.Compat=forkd.zygote.crac"));
        options.addAll(WorkerJvm.lateMethods());
        // A copy of it in the rehearsal would be rehearsed, and the stem would run another one.
        options.add("-XX:CompileCommand=dontinline,forkd.zygote.Stem::fork");
        // Compiled code has the zygote's pid in it, and workers overwrite the field: forkd.zygote.Identity.
        options.add("-XX:CompileCommand=dontinline,java.lang.ProcessHandleImpl::*");
        options.add("-XX:CompileCommand=exclude,java.lang.ProcessHandleImpl::*");
        for (String opened : List.of(
                "java.lang",
                "java.util",
                "java.util.concurrent",
                "sun.security.provider",
                "sun.nio.ch",
                "jdk.internal.misc",
                "jdk.internal.vm")) {
            options.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        int feature = Runtime.version().feature();
        options.add(
                feature < FIRST_WITH_RANDOM_IN_BASE
                        ? "--add-opens=jdk.random/jdk.random=ALL-UNNAMED"
                        : "--add-opens=java.base/jdk.internal.random=ALL-UNNAMED");
        options.addAll(nativeAccess());
        return options;
    }

    /** What JNR needs: leave to load its library, and the library's place. */
    static List<String> nativeAccess() {
        List<String> options = new ArrayList<>();
        if (Runtime.version().feature() >= FIRST_WITH_NATIVE_ACCESS) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        String natives = System.getProperty("jffi.boot.library.path");
        if (natives != null) {
            options.add("-Djffi.boot.library.path=" + natives);
        }
        return options;
    }

    /** One jar with all that a zygote needs, or where it has not been built the jars that it is made of; then the user's. */
    static String classPath(List<Path> user) {
        List<String> entries = new ArrayList<>();
        Path whole = WorkerJvm.workerJar()
                .resolveSibling(Path.of("..", "zygote", "forkd-zygote.jar"))
                .normalize();
        if (Files.isReadable(whole)) {
            entries.add(whole.toString());
        } else {
            entries.addAll(List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
        }
        user.forEach(entry -> entries.add(entry.toString()));
        return String.join(File.pathSeparator, entries);
    }
}
