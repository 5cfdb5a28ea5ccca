package forkd.launcher.bench.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A real job: the client sends a Java source file and gets the class file, or what the compiler says. */
public final class JavacHandler implements ConnectionHandler {
    /** The file that is compiled, {@code Job.java}. */
    public static final String SOURCE = """
            import java.util.ArrayList;
            import java.util.List;
            import java.util.Map;
            import java.util.TreeMap;
            import java.util.stream.Collectors;

            public final class Job {
                private final Map<String, List<Integer>> lines = new TreeMap<>();

                public void add(String word, int line) {
                    lines.computeIfAbsent(word, w -> new ArrayList<>()).add(line);
                }

                public String report(int atLeast) {
                    return lines.entrySet().stream()
                            .filter(entry -> entry.getValue().size() >= atLeast)
                            .map(entry -> entry.getKey() + ": " + entry.getValue())
                            .collect(Collectors.joining("\\n"));
                }

                public static void main(String[] args) {
                    Job job = new Job();
                    for (int i = 0; i < args.length; i++) {
                        job.add(args[i], i);
                    }
                    System.out.println(job.report(1));
                }
            }
            """;

    private static final List<String> OPTIONS = List.of("-proc:none");

    @Override
    public void handle(Connection connection) throws IOException {
        String source = new String(connection.input().readAllBytes(), StandardCharsets.UTF_8);
        connection.output().write(compile(source));
    }

    private static byte[] compile(String source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Memory memory = new Memory(files);
            boolean done = compiler.getTask(messages, memory, null, OPTIONS, null, List.of(new Source(source)))
                    .call();
            return done ? memory.made.toByteArray() : messages.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** The text of Job.java. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("memory:///Job.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps the class that the compiler makes. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final ByteArrayOutputStream made = new ByteArrayOutputStream();

        Memory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return made;
                }
            };
        }
    }
}
