package forkd.launcher.process;

import forkd.posix.Confinement;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Landlock;
import forkd.posix.Posix;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import forkd.worker.WorkerContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What workers give up, and how each model applies it. A program or JVM that is spawned gives it up before it runs. A forked
 * worker inherits it from its zygote, except what counts from a process's birth.
 */
public final class Confiner {
    /** Workers have the launcher's rights. */
    public static final Confiner NONE = new Confiner(Confinement.NONE, null);

    private static final Path SUID_DUMPABLE = Path.of("/proc/sys/fs/suid_dumpable");

    private final Confinement confinement;
    private final WorkerCgroups cgroups;

    private Confiner(Confinement confinement, WorkerCgroups cgroups) {
        this.confinement = confinement;
        this.cgroups = cgroups;
    }

    /**
     * Tries all that it can be tried for; nothing is skipped later. Blocks for a moment. To be called before anybody waits for
     * children.
     *
     * @param execute what workers execute
     * @param read files that workers have to be able to open
     * @throws IOException with one line for the user, where something cannot be applied
     */
    public static Confiner prepare(
            Confinement confinement, CgroupLimits limits, List<String> execute, List<String> read) throws IOException {
        if (confinement.changesUser()) {
            checkThatMemoryIsHidden();
        }
        if (!confinement.isNone()) {
            Posix.rehearse(confinement, execute, read);
        }
        return new Confiner(
                confinement, limits.isEmpty() ? null : WorkerCgroups.prepare(limits, Path.of("/proc/self")));
    }

    /** A child that has become another user and has not executed its program shares the launcher's memory. */
    private static void checkThatMemoryIsHidden() throws IOException {
        if (Files.exists(SUID_DUMPABLE)
                && Files.readString(SUID_DUMPABLE).strip().equals("1")) {
            throw new IOException(
                    "workers cannot be another user while fs.suid_dumpable is 1: they could read the launcher's memory;"
                            + " set it to 0 or 2");
        }
    }

    /** For a worker that is spawned, alone in its cgroup. */
    Confinement ofWorker() throws ErrnoException {
        return cgroups == null ? confinement : confinement.withCgroup(cgroups.make());
    }

    /** For the process that workers are forked from, which lives longer and computes more than any of them. */
    Confinement ofZygote() {
        return confinement.withLimits(confinement.limits().stream()
                .filter(limit -> limit.resource() != Resource.CPU)
                .toList());
    }

    /**
     * For a worker that is still to be forked: what it joins its cgroup with, before it runs anything of the user's. Followed by
     * {@link #forked}.
     *
     * @return the caller's, which may close it when it is sent; null where workers have no cgroup
     */
    Fd ofFork(long connection) throws ErrnoException {
        return cgroups == null ? null : cgroups.promise(connection);
    }

    /** The worker of this connection has reported itself, or there will be none. */
    void forked(long connection) {
        if (cgroups != null) {
            cgroups.settle(connection);
        }
    }

    /**
     * The options of a JVM that workers come from, and what it has to do itself: hide where it becomes another user, because
     * processes of that user could read the memory of each other; give each of its forks a domain for signals; limit the processor
     * time of its forks, which is counted from a process's birth.
     */
    public List<String> javaOptions(List<String> userOptions) {
        List<String> options = new ArrayList<>(userOptions);
        if (confinement.changesUser()) {
            options.add("-D" + WorkerContract.HIDDEN + "=true");
        }
        if (confinement.landlock().isPresent() && Landlock.abi() >= Landlock.ABI_WITH_SCOPES) {
            options.add("-D" + WorkerContract.OWN_DOMAIN + "=true");
        }
        for (ResourceLimit limit : confinement.limits()) {
            if (limit.resource() == Resource.CPU) {
                options.add("-D" + WorkerContract.CPU_LIMIT + "=" + limit.soft() + ":" + limit.hard());
            }
            if (limit.resource() == Resource.NOFILE) {
                options.add("-XX:-MaxFDLimit"); // else it raises the soft limit to the hard one
            }
        }
        return options;
    }
}
