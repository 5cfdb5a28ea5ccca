package forkd.posix;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a child gives up before it executes its program; {@link Posix#spawn} applies it in the child, all of it or the start
 * fails.
 *
 * @param credentials who it becomes; empty for whoever this process is
 * @param dropCapabilities whether its capability bounding set is emptied: capabilities(7)
 * @param noNewPrivileges whether set-uid programs and file capabilities give it nothing: PR_SET_NO_NEW_PRIVS of prctl(2)
 * @param umask umask(2)
 * @param directory its working directory, which it enters as the user that it becomes; inside of the root
 * @param root chroot(2)
 * @param nice setpriority(2)
 * @param limits setrlimit(2)
 * @param oomScoreAdjust {@code oom_score_adj} of proc(5)
 * @param cgroup the folder of the cgroup (version 2) that it is put into
 * @param landlock what it may do with files
 * @param filter which system calls it may make
 */
public record Confinement(
        Optional<Credentials> credentials,
        boolean dropCapabilities,
        boolean noNewPrivileges,
        OptionalInt umask,
        Optional<String> directory,
        Optional<String> root,
        OptionalInt nice,
        List<ResourceLimit> limits,
        OptionalInt oomScoreAdjust,
        Optional<String> cgroup,
        Optional<Landlock> landlock,
        Optional<SeccompFilter> filter) {

    /** Nothing is given up. */
    public static final Confinement NONE = new Confinement(
            Optional.empty(),
            false,
            false,
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            List.of(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Whether the process becomes another user. */
    public boolean changesUser() {
        return credentials.isPresent() && credentials.get().uid().isPresent();
    }

    /** Whether nothing is given up. Field by field: the first equals of a record takes a start longer than all else here. */
    public boolean isNone() {
        return credentials.isEmpty()
                && !dropCapabilities
                && !noNewPrivileges
                && umask.isEmpty()
                && directory.isEmpty()
                && root.isEmpty()
                && nice.isEmpty()
                && limits.isEmpty()
                && oomScoreAdjust.isEmpty()
                && cgroup.isEmpty()
                && landlock.isEmpty()
                && filter.isEmpty();
    }

    /** The same with other limits. */
    public Confinement withLimits(List<ResourceLimit> other) {
        return new Confinement(
                credentials,
                dropCapabilities,
                noNewPrivileges,
                umask,
                directory,
                root,
                nice,
                other,
                oomScoreAdjust,
                cgroup,
                landlock,
                filter);
    }

    /** The same in a cgroup. */
    public Confinement withCgroup(String folder) {
        return new Confinement(
                credentials,
                dropCapabilities,
                noNewPrivileges,
                umask,
                directory,
                root,
                nice,
                limits,
                oomScoreAdjust,
                Optional.of(folder),
                landlock,
                filter);
    }
}
