package forkd.launcher.freeze;

import forkd.posix.Confinement;
import java.util.List;

/**
 * How a zygote is started.
 *
 * @param path the java command
 * @param argv its arguments, argv[0] first
 * @param environment {@code NAME=value} entries, all of them
 * @param confinement what it gives up before it runs
 */
public record ZygoteCommand(String path, List<String> argv, List<String> environment, Confinement confinement) {
    /** With the launcher's rights. */
    public ZygoteCommand(String path, List<String> argv, List<String> environment) {
        this(path, argv, environment, Confinement.NONE);
    }

    /** The same, confined. */
    public ZygoteCommand confined(Confinement other) {
        return new ZygoteCommand(path, argv, environment, other);
    }
}
