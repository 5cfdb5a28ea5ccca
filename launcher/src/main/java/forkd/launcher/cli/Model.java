package forkd.launcher.cli;

import java.util.Locale;

/** Where worker processes come from. */
enum Model {
    /** The best that this machine can do for what is served. */
    AUTO,
    /** A copy of a running, warmed JVM, by fork(2). */
    FORK,
    /** A JVM that was started ahead. */
    POOL,
    /** A new program, by posix_spawn(3). */
    SPAWN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
