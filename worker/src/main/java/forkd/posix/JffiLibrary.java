package forkd.posix;

import java.io.File;
import java.lang.reflect.Field;

/** The native library of jffi, which JNR calls with. */
final class JffiLibrary {
    private static final String FOLDER = "jffi.boot.library.path";
    private static final String FILE = "libjffi-1.2.so";

    private JffiLibrary() {}

    /**
     * Loads jffi's library as jffi does, but without asking java.util.logging for a logger, which costs as much as all the
     * rest here. Where jffi is another than the one that this knows, it loads its library itself.
     */
    static void load() {
        String folder = System.getProperty(FOLDER);
        if (folder == null) {
            return;
        }
        File library = new File(folder, FILE);
        if (library.isFile()) {
            try {
                Field loaded = Class.forName("com.kenai.jffi.Init").getDeclaredField("loaded");
                loaded.setAccessible(true);
                System.load(library.getAbsolutePath());
                loaded.setBoolean(null, true);
            } catch (ReflectiveOperationException | RuntimeException | UnsatisfiedLinkError e) {
                // Not the jffi that has this field, or a file that cannot be loaded: its own way is slower, and tells
                // why.
                return;
            }
        }
    }
}
