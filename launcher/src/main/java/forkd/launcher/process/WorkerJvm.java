package forkd.launcher.process;

import forkd.worker.WorkerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The JVM that workers run in: this launcher's own JDK with the options that make a short life fast.
 *
 * @param executable the java command
 * @param options everything between the command and the main class
 */
public record WorkerJvm(String executable, List<String> options) {

    /** The name of the workers' archive. */
    public static final String ARCHIVE = "worker";

    private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC");

    /** From this release on the archive is an AOT cache (JEP 483, 514), before it a dynamic CDS archive (JEP 350). */
    private static final int FIRST_WITH_AOT_CACHE = 25;

    /**
     * The JVM for workers that serve.
     *
     * @param classPath the user's class path, may be empty
     * @param archives the folder with the start-up archives of this JDK, null or without archives for a slow start
     * @param userOptions options of the user's, which come last and so win
     */
    public static WorkerJvm of(List<Path> classPath, Path archives, List<String> userOptions) {
        List<String> options = tuning(userOptions);
        options.addAll(archiveOption(archives, ARCHIVE));
        options.addAll(userOptions);
        options.add("-cp");
        options.add(classPath(classPath));
        return new WorkerJvm(javaExecutable(), List.copyOf(options));
    }

    /**
     * What the JVM says to options that it does not take; empty where it takes them. Blocks for a JVM's start.
     *
     * @throws IOException where there is no JVM
     */
    public static Optional<String> refusal(List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(javaExecutable()));
        command.addAll(tuning(options));
        command.addAll(options);
        command.add("-version");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = output.lines().toList();
            return process.waitFor() == 0 ? Optional.empty() : lines.stream().findFirst();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        }
    }

    public static String javaExecutable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The option with which a JVM uses the archive of that name, where there is one. */
    static List<String> archiveOption(Path archives, String name) {
        Path archive = archives == null ? null : archive(archives, name);
        return archive != null && Files.isReadable(archive) ? List.of(useArchive(archive)) : List.of();
    }

    /** The option with which a JVM of this JDK uses an archive. */
    public static String useArchive(Path archive) {
        return (hasAotCache() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive;
    }

    /** The option with which a JVM of this JDK makes an archive when it ends. */
    public static String makeArchive(Path archive) {
        return (hasAotCache() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive;
    }

    /** The file name of an archive of that name for this JDK. */
    public static Path archive(Path folder, String name) {
        return folder.resolve(name + (hasAotCache() ? ".aot" : ".jsa"));
    }

    private static boolean hasAotCache() {
        return Runtime.version().feature() >= FIRST_WITH_AOT_CACHE;
    }

    /** What makes a short life fast; without a collector where the user has chosen one. */
    static List<String> tuning(List<String> userOptions) {
        List<String> options = new ArrayList<>();
        if (userOptions.stream().noneMatch(option -> COLLECTOR.matcher(option).matches())) {
            options.add("-XX:+UseSerialGC"); // no threads to start, and the least memory
        }
        options.add("-XX:TieredStopAtLevel=1"); // a short life never earns C2's work back
        options.addAll(lateMethods());
        options.add("-XX:-UsePerfData"); // no file in /tmp for each worker
        // The VM's own messages go to stdout by default, and that is the client.
        options.addAll(List.of(
                "-XX:+SuppressFatalErrorMessage", "-XX:+DisplayVMOutputToStderr", "-Xlog:disable", errorsToStderr()));
        return options;
    }

    /** The option for the VM's messages. That an archive does not fit to a user's class path is no error: the JVM starts without it. */
    static String errorsToStderr() {
        return hasAotCache() ? "-Xlog:all=error,aot=off:stderr" : "-Xlog:all=error:stderr";
    }

    /**
     * Methods that run a few hundred times in a start, just enough to be compiled, and never again. C1 takes 14 and 7 MB of
     * memory for these two, where the next one takes less than 2, and HotSpot keeps it for some seconds: in a stem for ever.
     */
    static List<String> lateMethods() {
        return List.of(
                "-XX:CompileCommand=quiet", // its own messages go to standard output
                "-XX:CompileCommand=CompileThresholdScaling,jnr.x86asm.Assembler::_emitX86,1000.0",
                "-XX:CompileCommand=CompileThresholdScaling,"
                        + "jdk.internal.classfile.impl.StackMapGenerator::processBlock,20.0");
    }

    private static String classPath(List<Path> user) {
        List<String> entries = new ArrayList<>();
        entries.add(workerJar().toString());
        user.forEach(entry -> entries.add(entry.toString()));
        return String.join(":", entries);
    }

    /** Where the worker's classes are. */
    public static Path workerJar() {
        try {
            return Path.of(WorkerMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the worker's jar has no place", e);
        }
    }
}
