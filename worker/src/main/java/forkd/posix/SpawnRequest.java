package forkd.posix;

import java.util.List;

/**
 * What {@link Posix#spawn} starts. The new process has default signal dispositions, an empty signal mask, a process
 * group of its own and, above 2, only the descriptors that are named here. A signal that this process has come to ignore since
 * the calling thread first started a program may stay ignored.
 *
 * @param path the executable file; it is not searched in PATH
 * @param argv the arguments, argv[0] first
 * @param environment {@code NAME=value} entries, the whole environment
 * @param inherited the descriptors; a source must not have the number of an earlier entry's target
 * @param confinement what the process gives up before it executes the file
 */
public record SpawnRequest(
        String path, List<String> argv, List<String> environment, List<Inherited> inherited, Confinement confinement) {

    /** A process with this one's rights. */
    public SpawnRequest(String path, List<String> argv, List<String> environment, List<Inherited> inherited) {
        this(path, argv, environment, inherited, Confinement.NONE);
    }
}
