package forkd.build;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.JSRInlinerAdapter;

/**
 * A step of the build: copies the jars of a folder into another one, with the classes that are in the format of Java 5 or older in that of
 * Java 7. Their code stays as it is; what is new is the table of types that the verifier reads (JVMS 4.7.4), which it has to find out by
 * itself otherwise, in each JVM anew. And only classes with it can be in a start-up archive: native-notes/jnr.md.
 *
 * <p>Jars without such classes are copied byte for byte. Run as a source file, with ASM on the class path.
 */
final class ClassFormat {
    /** The first format that the new verifier alone is in charge of: with the one before, it would let the old one try again. */
    private static final int NEW_FORMAT = Opcodes.V1_7;

    private static final int FIRST_WITH_TYPES = Opcodes.V1_6;

    private static final int MAJOR_VERSION = 6;
    private static final String CLASS = ".class";
    /** In jars for several versions of Java; the versions that have such a folder have new formats. */
    private static final String OTHER_VERSIONS = "META-INF/";

    /** Finds the classes' common superclasses; nothing of them is initialised. */
    private final ClassLoader types;

    private ClassFormat(ClassLoader types) {
        this.types = types;
    }

    /** @param args the folder that the jars are in, and the one that they are written to, which exists */
    public static void main(String[] args) throws IOException {
        List<Path> jars = jars(Path.of(args[0]));
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        try (URLClassLoader types = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            ClassFormat format = new ClassFormat(types);
            for (Path jar : jars) {
                format.copy(jar, Path.of(args[1]).resolve(jar.getFileName()));
            }
        }
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    private void copy(Path jar, Path target) throws IOException {
        if (isNew(jar)) {
            Files.copy(jar, target);
        } else {
            try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                    ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
                convert(in, out);
            }
        }
        // An archive names its jars with their times: a build that changes nothing keeps them.
        Files.setLastModifiedTime(target, Files.getLastModifiedTime(jar));
    }

    private static boolean isNew(Path jar) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (isClass(entry) && isOld(in.readNBytes(MAJOR_VERSION + 2))) {
                    return false;
                }
            }
        }
        return true;
    }

    private void convert(ZipInputStream in, ZipOutputStream out) throws IOException {
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            byte[] bytes = in.readAllBytes();
            ZipEntry copy = new ZipEntry(entry.getName());
            copy.setTime(entry.getTime());
            out.putNextEntry(copy);
            out.write(isClass(entry) && isOld(bytes) ? converted(bytes) : bytes);
            out.closeEntry();
        }
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(CLASS) && !entry.getName().startsWith(OTHER_VERSIONS);
    }

    private static boolean isOld(byte[] classFile) {
        int major = (classFile[MAJOR_VERSION] & 0xff) << Byte.SIZE | classFile[MAJOR_VERSION + 1] & 0xff;
        return major < FIRST_WITH_TYPES;
    }

    private byte[] converted(byte[] classFile) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected ClassLoader getClassLoader() {
                return types;
            }
        };
        new ClassReader(classFile).accept(new Newer(writer), 0);
        return writer.toByteArray();
    }

    private static final class Newer extends ClassVisitor {
        Newer(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visit(int version, int access, String name, String signature, String parent, String[] interfaces) {
            super.visit(NEW_FORMAT, access, name, signature, parent, interfaces);
        }

        /** The instruction for subroutines, which old compilers made of finally, is not in the new format. */
        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return new JSRInlinerAdapter(next, access, name, descriptor, signature, exceptions);
        }
    }
}
