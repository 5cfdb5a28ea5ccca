package forkd.launcher.cli;

import java.nio.file.Path;

/**
 * The folder of the start-up archives of the running JDK. {@code bin/forkd} names it, since the JVM that it starts needs
 * the launcher's archive before any Java code runs.
 */
final class Archives {
    /** The name of the launcher's own archive. */
    static final String LAUNCHER = "launcher";

    private static final String PROPERTY = "forkd.archives";

    private Archives() {}

    /** Null where forkd was not started by its command. */
    static Path folder() {
        String folder = System.getProperty(PROPERTY);
        return folder == null ? null : Path.of(folder);
    }
}
