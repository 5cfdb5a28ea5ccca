package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.posix.Cgroup;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.Pipe;
import forkd.posix.Posix;
import forkd.posix.SpawnRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cgroups: against plain folders, and against the kernel where one of its controllers can be had. */
class WorkerCgroupsTest {
    private static final CgroupLimits MEMORY = new CgroupLimits(Map.of("memory.max", "64"));

    @TempDir
    private Path proc;

    @Test
    void aMissingControllerIsNamed() throws IOException {
        Path mount = tree("cpu pids\n");

        IOException e = assertThrows(IOException.class, () -> WorkerCgroups.prepare(MEMORY, proc));

        assertEquals(
                "a cgroup for each worker cannot be made: " + mount
                        + "/a has no controller 'memory' (it has: cpu pids)",
                e.getMessage());
    }

    @Test
    void withoutVersionTwoThereIsNone() throws IOException {
        Files.writeString(proc.resolve("mountinfo"), "30 23 0:26 / /sys/fs/cgroup rw - cgroup cgroup rw,cpu\n");
        Files.writeString(proc.resolve("cgroup"), "4:cpu:/\n");

        IOException e = assertThrows(IOException.class, () -> WorkerCgroups.prepare(MEMORY, proc));

        assertEquals("a cgroup for each worker cannot be made: cgroup version 2 is not mounted", e.getMessage());
    }

    @Test
    void theLauncherGoesIntoALeafAndTheControllerIsEnabled() throws IOException {
        Path own = tree("cpu memory pids\n").resolve("a");
        Path leaf = Files.createDirectory(own.resolve("launcher"));
        Files.createFile(leaf.resolve("cgroup.procs"));

        // The kernel would make the files of the worker's folder.
        ErrnoException e = assertThrows(ErrnoException.class, () -> WorkerCgroups.prepare(MEMORY, proc));

        assertTrue(
                e.getMessage().matches("open\\(.*/a/worker-\\d+-\\d+/memory.max\\) failed: ENOENT .*"), e.getMessage());
        assertEquals(Integer.toString(Posix.getpid()), Files.readString(leaf.resolve("cgroup.procs")));
        assertEquals("+memory", Files.readString(own.resolve("cgroup.subtree_control")));
    }

    /** By then the launcher is in its leaf, which has no controllers. */
    @Test
    void anotherServiceWithOtherLimitsStartsFromTheSameCgroup() throws IOException {
        Path own = tree("memory pids\n").resolve("a");
        Path leaf = Files.createDirectory(own.resolve("launcher"));
        Files.createFile(leaf.resolve("cgroup.procs"));
        Files.writeString(leaf.resolve("cgroup.controllers"), "\n");
        assertThrows(ErrnoException.class, () -> WorkerCgroups.prepare(MEMORY, proc));
        Files.writeString(proc.resolve("cgroup"), "0::/a/launcher\n");
        Files.writeString(own.resolve("cgroup.subtree_control"), "");

        CgroupLimits pids = new CgroupLimits(Map.of("pids.max", "10"));
        ErrnoException e = assertThrows(ErrnoException.class, () -> WorkerCgroups.prepare(pids, proc));

        assertTrue(
                e.getMessage().matches("open\\(.*/a/worker-\\d+-\\d+/pids.max\\) failed: ENOENT .*"), e.getMessage());
        assertEquals("+pids", Files.readString(own.resolve("cgroup.subtree_control")));
        assertFalse(Files.exists(leaf.resolve("launcher")));
    }

    @Test
    void workersGetCgroupsOfTheKernel() throws IOException {
        Path root = Path.of("/sys/fs/cgroup/unified");
        assumeTrue(
                Files.isWritable(root.resolve("cgroup.procs"))
                        && Files.readString(root.resolve("cgroup.controllers")).contains("hugetlb"),
                "a controller that nobody else uses");
        String own = root + "/forkd-test-" + Posix.getpid();
        String pid = Integer.toString(Posix.getpid());
        boolean enabled =
                Files.readString(root.resolve("cgroup.subtree_control")).contains("hugetlb");
        Cgroup.set(root.toString(), "cgroup.subtree_control", "+hugetlb");
        Cgroup.make(own);
        try {
            files("30 23 0:26 / " + root + " rw - cgroup2 cgroup2 rw\n", "0::/forkd-test-" + pid + "\n");

            WorkerCgroups cgroups = WorkerCgroups.prepare(new CgroupLimits(Map.of("hugetlb.2MB.max", "4194304")), proc);
            String worker = cgroups.make();
            assertEquals(
                    "4194304",
                    Files.readString(Path.of(worker, "hugetlb.2MB.max")).strip());
            Process sleeper = new ProcessBuilder("sleep", "60").start();
            Cgroup.set(worker, "cgroup.procs", Long.toString(sleeper.pid()));
            String second = cgroups.make();
            assertTrue(Files.exists(Path.of(worker)), "there is a process in it");

            sleeper.destroyForcibly().onExit().join();
            cgroups.make();
            assertFalse(Files.exists(Path.of(worker)), "its process has gone");
            assertFalse(Files.exists(Path.of(second)), "it never had one");
            whoIsForkedLaterJoinsByItself(cgroups);
        } finally {
            Cgroup.set(root.toString(), "cgroup.procs", pid);
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(own), "{launcher,worker-*}")) {
                for (Path folder : folders) {
                    Cgroup.remove(folder.toString());
                }
            }
            Cgroup.remove(own);
            if (!enabled) {
                Cgroup.set(root.toString(), "cgroup.subtree_control", "-hugetlb");
            }
        }
    }

    /** As another user, who may not open the file that it writes to. */
    private static void whoIsForkedLaterJoinsByItself(WorkerCgroups cgroups) throws IOException {
        Path folder;
        try (Fd processes = cgroups.promise(7);
                Pipe output = Posix.pipe()) {
            folder = Files.readSymbolicLink(Path.of("/proc/self/fd/" + processes.number()))
                    .getParent();
            cgroups.make(); // which removes others that are empty
            int pid = Posix.spawn(new SpawnRequest(
                    "/usr/bin/setpriv",
                    List.of(
                            "setpriv",
                            "--reuid=65534",
                            "--clear-groups",
                            "sh",
                            "-c",
                            "echo 0 >&3; cat /proc/self/cgroup"),
                    List.of("PATH=/usr/bin:/bin"),
                    List.of(new Inherited(output.writeEnd(), 1), new Inherited(processes, 3))));
            output.writeEnd().close();
            byte[] text = new byte[4096];
            int length = Posix.read(output.readEnd(), text, 0, text.length);
            String cgroup = new String(text, 0, length, StandardCharsets.US_ASCII);
            assertTrue(cgroup.contains(folder.getFileName() + "\n"), cgroup);
            while (Posix.waitpid(pid).isEmpty()) {
                Thread.onSpinWait();
            }
        }
        cgroups.make();
        assertTrue(Files.exists(folder), "it may still be joined");

        cgroups.settle(7);
        cgroups.make();
        assertFalse(Files.exists(folder), "its process has gone");
    }

    /** A hierarchy of plain files, and a /proc that leads there. */
    private Path tree(String controllers) throws IOException {
        Path mount = Files.createDirectory(proc.resolve("mount"));
        Path own = Files.createDirectory(mount.resolve("a"));
        Files.writeString(own.resolve("cgroup.controllers"), controllers);
        Files.createFile(own.resolve("cgroup.subtree_control"));
        files("30 23 0:26 / " + mount + " rw - cgroup2 cgroup2 rw\n", "0::/a\n");
        return mount;
    }

    private void files(String mountinfo, String cgroup) throws IOException {
        Files.writeString(proc.resolve("mountinfo"), mountinfo);
        Files.writeString(proc.resolve("cgroup"), cgroup);
    }
}
