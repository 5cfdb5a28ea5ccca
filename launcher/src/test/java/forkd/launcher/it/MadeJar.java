package forkd.launcher.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;

/** Compiles some small classes and puts them into a jar: {@code made.C0}, whose {@code number} returns 0, and so on. */
final class MadeJar {
    private MadeJar() {}

    static Path make(Path folder, int classes) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("made"));
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", folder.toString()));
        for (int i = 0; i < classes; i++) {
            Path source = sources.resolve("C" + i + ".java");
            Files.writeString(
                    source,
                    "package made; public class C" + i + " { public static int number() { return " + i + "; } }");
            arguments.add(source.toString());
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new AssertionError("the made classes do not compile");
        }
        Path jar = folder.resolve("made.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (int i = 0; i < classes; i++) {
                add(out, "made/C" + i + ".class", Files.readAllBytes(sources.resolve("C" + i + ".class")));
            }
            add(out, "made/text", "made at test time".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        ((OutputStream) out).write(content);
        out.closeEntry();
    }
}
