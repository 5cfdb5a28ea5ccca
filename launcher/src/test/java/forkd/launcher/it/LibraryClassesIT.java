package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The build gives old classes of libraries a newer format, for the start-up archives. */
class LibraryClassesIT {
    private static final int JAVA_6 = 50;
    /** Below it there are classes for one version of Java only. */
    private static final String META = "META-INF/";

    @Test
    void allCanBeInAnArchive() throws IOException {
        List<String> old = new ArrayList<>();
        for (Path jar : jars("target/forkd/lib")) {
            old.addAll(oldClasses(jar));
        }
        assertEquals(List.of(), old);
    }

    /** The verifier checks the tables that were added; where they were wrong it would throw VerifyError at the first use. */
    @Test
    void theVerifierTakesAllThatWereConverted() throws Exception {
        List<Path> all = jars("target/forkd/lib");
        URL[] urls = new URL[all.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = all.get(i).toUri().toURL();
        }
        List<String> converted = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            for (Path published : jars("target/published")) {
                for (String name : oldClasses(published)) {
                    link(loader.loadClass(name));
                    converted.add(name);
                }
            }
        }
        assertTrue(converted.size() > 100, () -> "" + converted);
    }

    /** Which verifies it before: JVMS 5.4. */
    private static void link(Class<?> type) {
        assertNotNull(type.getDeclaredMethods());
    }

    private static List<String> oldClasses(Path jar) throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : classes(file)) {
                if (majorVersion(file, entry) < JAVA_6) {
                    names.add(entry.getName().replace('/', '.').replaceFirst("\\.class$", ""));
                }
            }
        }
        return names;
    }

    private static List<Path> jars(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    private static List<JarEntry> classes(JarFile file) {
        return file.stream()
                .filter(entry -> entry.getName().endsWith(".class")
                        && !entry.getName().startsWith(META)
                        && !entry.getName().equals("module-info.class"))
                .toList();
    }

    private static int majorVersion(JarFile file, JarEntry entry) throws IOException {
        try (DataInputStream in = new DataInputStream(file.getInputStream(entry))) {
            in.readInt(); // the magic number
            in.readUnsignedShort(); // the minor version
            return in.readUnsignedShort();
        }
    }
}
