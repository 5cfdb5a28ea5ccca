package forkd.worker.handler;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import jdk.jshell.JShell;

/** What a worker does with code: classes, reflection, compilers. Each says whether it worked. */
final class CodeChecks {
    private static final long WAIT_SECONDS = 10;
    /** Enough for the VM to replace the first accessor by a faster one. */
    private static final int CALLS = 50;

    private CodeChecks() {}

    static boolean usesLambdas() {
        return List.of(3, 1, 2).stream().map(i -> i * 2).sorted().toList().equals(List.of(2, 4, 6));
    }

    static boolean loadsClasses() throws ReflectiveOperationException {
        return Class.forName("java.util.concurrent.ConcurrentSkipListMap")
                        .getConstructor()
                        .newInstance()
                != null;
    }

    static boolean loadsFromJar() throws Exception {
        Path jar = Files.createTempFile("forkd-check", ".jar");
        try {
            String name = FromJar.class.getName();
            writeJar(jar, name.replace('.', '/') + ".class");
            URL[] urls = {jar.toUri().toURL()};
            try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
                Class<?> type = loader.loadClass(name);
                Supplier<?> made = (Supplier<?>) type.getDeclaredConstructor().newInstance();
                return type != FromJar.class && FromJar.TEXT.equals(made.get());
            }
        } finally {
            Files.delete(jar);
        }
    }

    private static void writeJar(Path jar, String entry) throws IOException {
        try (InputStream in = CodeChecks.class.getResourceAsStream("/" + entry);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(entry));
            ((OutputStream) out).write(in.readAllBytes());
            out.closeEntry();
        }
    }

    static boolean reflects() throws ReflectiveOperationException {
        Method substring = String.class.getMethod("substring", int.class, int.class);
        for (int i = 0; i < CALLS; i++) {
            if (!"b".equals(substring.invoke("abc", 1, 2))) {
                return false;
            }
        }
        return true;
    }

    static boolean makesProxies() {
        InvocationHandler handler = (self, method, arguments) -> method.getName() + arguments.length;
        Function<?, ?> proxy = (Function<?, ?>)
                Proxy.newProxyInstance(CodeChecks.class.getClassLoader(), new Class<?>[] {Function.class}, handler);
        return "apply1".equals(proxy.apply(null));
    }

    static boolean compilesJava() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new NotHereException("this Java has no compiler");
        }
        Path folder = Files.createTempDirectory("forkd-check");
        try {
            List<String> options = List.of("-proc:none", "-d", folder.toString());
            List<JavaFileObject> sources = List.of(new Source("Made", "public class Made { int x = 1; }"));
            return compiler.getTask(new StringWriter(), null, null, options, null, sources)
                            .call()
                    && Files.exists(folder.resolve("Made.class"));
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** A source in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    static boolean runsJShell() throws NotHereException {
        if (ModuleLayer.boot().findModule("jdk.jshell").isEmpty()) {
            throw new NotHereException("this Java has no jdk.jshell");
        }
        try (JShell shell = JShell.builder().executionEngine("local").build()) {
            return "42".equals(shell.eval("6 * 7").get(0).value());
        }
    }

    /** A loop that runs compiled after a while; in the interpreter alone every round takes as long as the first. */
    static boolean compiles() {
        long first = round();
        long best = first;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (best > first / 3 && System.nanoTime() < deadline) {
            best = Math.min(best, round());
        }
        return best <= first / 3;
    }

    private static long sink;

    private static long round() {
        long start = System.nanoTime();
        long x = sink;
        for (int i = 0; i < 200_000; i++) {
            x = x * 31 + (x >>> 7) ^ i;
        }
        sink = x;
        return System.nanoTime() - start;
    }
}
