package forkd.launcher.cli;

import forkd.worker.Handlers;
import java.nio.file.Path;
import java.util.List;

/**
 * The Java code that is served.
 *
 * @param kind {@code handler}, or {@code main} for a program
 * @param label how the user names it
 * @param name how {@link Handlers} and workers name it
 * @param classPath the user's, absolute
 * @param javaOptions the user's
 */
record ServedHandler(String kind, String label, String name, List<Path> classPath, List<String> javaOptions) {
    static ServedHandler handler(String name, List<Path> classPath, List<String> javaOptions) {
        return new ServedHandler("handler", name, name, classPath, javaOptions);
    }

    /** A program of which each worker runs the {@code main}. */
    static ServedHandler main(String className, List<Path> classPath, List<String> javaOptions) {
        return new ServedHandler("main", className, Handlers.MAIN_PREFIX + className, classPath, javaOptions);
    }
}
