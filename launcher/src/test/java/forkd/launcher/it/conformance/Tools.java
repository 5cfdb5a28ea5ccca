package forkd.launcher.it.conformance;

import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import jdk.jfr.Recording;
import jdk.jshell.JShell;
import jdk.jshell.SnippetEvent;

/** The JDK's own big programs, and its compilers at run time. */
final class Tools {
    private Tools() {}

    /** A real source, one of these cases. */
    public static void javac() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Path out = java.nio.file.Files.createTempDirectory("conformance");
        StringWriter messages = new StringWriter();
        Path source = Path.of(System.getProperty("conformance.source"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = files.getJavaFileObjects(source);
            List<String> options =
                    List.of("-proc:none", "-d", out.toString(), "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(messages, files, null, options, null, sources)
                    .call();
            Check.that(compiled, messages.toString());
        }
        String name = source.getFileName().toString().replace(".java", ".class");
        try (var made = java.nio.file.Files.walk(out)) {
            Check.that(made.anyMatch(file -> file.endsWith(name)), "no class file");
        }
        delete(out);
    }

    private static void delete(Path folder) throws Exception {
        try (var all = java.nio.file.Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                java.nio.file.Files.delete(path);
            }
        }
    }

    public static void jshell() {
        try (JShell shell = JShell.builder().executionEngine("local").build()) {
            shell.eval("int square(int x) { return x * x; }");
            List<SnippetEvent> events = shell.eval("java.util.stream.IntStream.of(1, 2, 3).map(x -> square(x)).sum()");
            Check.equal("14", events.get(0).value());
        }
    }

    public static void flightRecorder() throws Exception {
        Path file = java.nio.file.Files.createTempFile("conformance", ".jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            System.gc();
            recording.stop();
            recording.dump(file);
        }
        Check.that(java.nio.file.Files.size(file) > 100, "an empty recording");
        java.nio.file.Files.delete(file);
    }

    /** Counts this thread's time, so that other work of the machine does not matter. */
    public static void hotLoopsAreCompiled() {
        long first = cpuTimeOfARound();
        long best = first;
        long patience = System.nanoTime() + 8_000_000_000L;
        while (best > first / 4 && System.nanoTime() < patience) {
            best = Math.min(best, cpuTimeOfARound());
        }
        Check.that(best <= first / 4, "the first round took " + first + " ns and the fastest " + best);
    }

    private static long cpuTimeOfARound() {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long sum = 0;
        for (int i = 0; i < 50; i++) {
            sum += work(i);
        }
        Check.that(sum != 0, "the loop was left out");
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    }

    private static long work(long start) {
        long x = start;
        for (int i = 0; i < 2000; i++) {
            x = x * 31 + (x >>> 7) ^ i;
        }
        return x;
    }
}
