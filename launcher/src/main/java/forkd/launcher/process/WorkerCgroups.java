package forkd.launcher.process;

import forkd.posix.Cgroup;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cgroup (version 2) for each worker, below the launcher's own. The launcher itself moves into a leaf: a cgroup whose
 * children are limited holds no processes, cgroups(7).
 *
 * <p>The folder of a worker that has ended is removed when the next ones are made: a few are tried each time, so that their
 * number stays bounded and nobody has to be told of ends. All methods are called on any thread.
 */
final class WorkerCgroups {
    private static final int TRIES = 4;
    /** Of all services of the launcher, which share its cgroup. */
    private static final AtomicLong COUNT = new AtomicLong();

    private static final String WORKER = "worker-";
    private static final Path PROC = Path.of("/proc");

    /** The leaves that this process has moved into, and the cgroups that it came from: where the next service begins as well. */
    private static final Map<Path, Path> LEFT = new ConcurrentHashMap<>();

    private final Path base;
    private final CgroupLimits limits;
    /** Those in which there is a process, or has been one. */
    private final Deque<String> made = new ArrayDeque<>();
    /** Those that a fork is to join, by its connection; empty as yet, and not to be removed. */
    private final Map<Long, String> promised = new HashMap<>();

    private WorkerCgroups(Path base, CgroupLimits limits) {
        this.base = base;
        this.limits = limits;
    }

    /**
     * Prepares the launcher's cgroup, which is the same for all services.
     *
     * @param proc {@code /proc/self}
     * @throws IOException with one line for the user, where there is no version 2, the controllers are not there, or this user
     *     may not use them
     */
    static WorkerCgroups prepare(CgroupLimits limits, Path proc) throws IOException {
        Path own = own(proc);
        Set<String> wanted = controllers(limits);
        List<String> there = words(own.resolve("cgroup.controllers"));
        for (String controller : wanted) {
            if (!there.contains(controller)) {
                throw new IOException("a cgroup for each worker cannot be made: " + own + " has no controller '"
                        + controller + "' (it has: " + String.join(" ", there) + ")");
            }
        }
        List<String> enabled = words(own.resolve("cgroup.subtree_control"));
        if (!enabled.containsAll(wanted)) {
            moveInto(own.resolve("launcher"));
            for (String controller : wanted) {
                Cgroup.set(own.toString(), "cgroup.subtree_control", "+" + controller);
            }
        }
        WorkerCgroups cgroups = new WorkerCgroups(own, limits);
        cgroups.removeOld();
        cgroups.forget(cgroups.make()); // what cannot be done is found here
        return cgroups;
    }

    private static void moveInto(Path leaf) throws ErrnoException {
        if (!Files.exists(leaf)) {
            Cgroup.make(leaf.toString());
        }
        Cgroup.set(leaf.toString(), "cgroup.procs", Integer.toString(Posix.getpid()));
        LEFT.put(leaf, leaf.getParent());
    }

    /** The folder of this process's cgroup; of the one that it was started in, where it has moved. */
    private static Path own(Path proc) throws IOException {
        Path mount = mount(proc)
                .orElseThrow(() ->
                        new IOException("a cgroup for each worker cannot be made: cgroup version 2 is not mounted"));
        return cgroup(mount, proc)
                .map(path -> LEFT.getOrDefault(path, path))
                .orElseThrow(() -> new IOException(
                        "a cgroup for each worker cannot be made: this process is in no cgroup of version 2"));
    }

    private static Optional<Path> mount(Path proc) throws IOException {
        return Files.readAllLines(proc.resolve("mountinfo")).stream()
                .map(line -> line.split(" - ", 2))
                .filter(halves -> halves.length == 2 && halves[1].startsWith("cgroup2 "))
                .map(halves -> Path.of(halves[0].split(" ", -1)[4]))
                .reduce((first, last) -> last);
    }

    private static Optional<Path> cgroup(Path mount, Path proc) throws IOException {
        return Files.readAllLines(proc.resolve("cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> mount.resolve(line.substring("0::/".length())))
                .findFirst();
    }

    private static Set<String> controllers(CgroupLimits limits) {
        Set<String> controllers = new TreeSet<>();
        limits.files().keySet().forEach(file -> controllers.add(file.substring(0, file.indexOf('.'))));
        return controllers;
    }

    private static List<String> words(Path file) throws IOException {
        return Arrays.stream(Files.readString(file).strip().split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Makes one with its limits for a process that is there before the next one is made, and returns its folder. */
    synchronized String make() throws ErrnoException {
        removeSome(TRIES);
        String folder = base.resolve(prefix() + COUNT.incrementAndGet()).toString();
        Cgroup.make(folder);
        made.add(folder);
        for (var limit : limits.files().entrySet()) {
            Cgroup.set(folder, limit.getKey(), limit.getValue());
        }
        return folder;
    }

    /**
     * Makes one for a worker that is not there yet, and that will join it by itself: it writes 0 to this descriptor. The kernel
     * asks whether who opened it may move processes, not who writes. Followed by {@link #settle}.
     *
     * @param connection the worker's
     * @return the cgroup's {@code cgroup.procs}, the caller's
     */
    synchronized Fd promise(long connection) throws ErrnoException {
        String folder = make();
        Fd processes = Posix.open(folder + "/cgroup.procs");
        made.remove(folder);
        promised.put(connection, folder);
        return processes;
    }

    /** The worker of this connection has joined its cgroup, or there will be none; no error where none was promised. */
    synchronized void settle(long connection) {
        String folder = promised.remove(connection);
        if (folder != null) {
            made.add(folder);
        }
    }

    /**
     * Kills all processes of a worker's cgroup, where it has one. A zombie is still in its cgroup, cgroups(7), so this is for a
     * worker that has ended and has not been reaped: what it has left behind, in whatever session. Before Linux 5.14, which has
     * no cgroup.kill, it does nothing.
     */
    static void killAll(int pid) throws ErrnoException {
        if (COUNT.get() == 0) {
            return;
        }
        Path folder;
        try {
            Optional<Path> mount = mount(PROC.resolve("self"));
            folder = mount.isEmpty()
                    ? null
                    : cgroup(mount.get(), PROC.resolve(Integer.toString(pid))).orElse(null);
        } catch (IOException e) {
            // The files of an unreaped child are there: what is missing are descriptors.
            throw new ErrnoException("read(/proc/" + pid + "/cgroup: " + e.getMessage() + ")", Errno.EMFILE);
        }
        if (folder != null
                && folder.getFileName().toString().startsWith(prefix())
                && Files.exists(folder.resolve("cgroup.kill"))) {
            Cgroup.set(folder.toString(), "cgroup.kill", "1");
        }
    }

    private static String prefix() {
        return WORKER + Posix.getpid() + "-";
    }

    /** Of workers that outlived the last launcher. */
    private void removeOld() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(base, WORKER + "*")) {
            for (Path folder : folders) {
                Cgroup.remove(folder.toString());
            }
        }
    }

    private synchronized void forget(String folder) throws ErrnoException {
        if (Cgroup.remove(folder)) {
            made.remove(folder);
        }
    }

    private void removeSome(int tries) throws ErrnoException {
        for (int i = Math.min(tries, made.size()); i > 0; i--) {
            String oldest = made.remove();
            if (!Cgroup.remove(oldest)) {
                made.add(oldest);
            }
        }
    }
}
