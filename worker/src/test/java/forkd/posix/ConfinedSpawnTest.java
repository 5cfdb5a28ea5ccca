package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a child gives up before its program runs, against the kernel. Most of it takes root. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfinedSpawnTest {
    private static final int NOBODY = 65534;
    private static final String SHELL = "/bin/sh";

    @BeforeAll
    static void onlyWhereTheCodeIs() {
        assumeTrue(Posix.canConfine());
    }

    @Test
    void anEmptyConfinementIsNone() {
        assertTrue(new Made().confinement().isNone());
    }

    @Test
    void whateverIsGivenUpItIsNotNone() throws IOException {
        assumeTrue(Landlock.abi() > 0);
        List<Change> all = List.of(
                made -> made.credentials = Optional.of(new Credentials(OptionalInt.empty(), 12, List.of())),
                made -> made.dropCapabilities = true,
                made -> made.noNewPrivileges = true,
                made -> made.umask = OptionalInt.of(0),
                made -> made.directory = Optional.of("/"),
                made -> made.root = Optional.of("/"),
                made -> made.nice = OptionalInt.of(0),
                made -> made.limits = List.of(new ResourceLimit(Resource.CORE, 0, 0)),
                made -> made.oomScoreAdjust = OptionalInt.of(0),
                made -> made.cgroup = Optional.of("/sys/fs/cgroup/a"),
                made -> made.landlock = Optional.of(Landlock.files(List.of(), List.of())),
                made -> made.filter = Optional.of(new SeccompFilter()));
        assertEquals(Confinement.class.getRecordComponents().length, all.size());
        for (Change one : all) {
            Made made = new Made();
            one.in(made);
            assertFalse(made.confinement().isNone(), () -> "" + made.confinement());
        }
    }

    @Test
    void theProgramRunsWithItsArgumentsAndEnvironment() throws IOException {
        Made made = new Made();
        made.noNewPrivileges = true;

        assertEquals("<two words>1\n", made.run(SHELL, "-c", "printf '<%s>' \"$1\"; echo $A", "sh", "two words"));
    }

    @Test
    void theUserTheGroupsAndTheCapabilitiesAreGone() throws IOException {
        assumeTrue(Posix.geteuid() == 0);
        Made made = new Made();
        made.credentials = Optional.of(new Credentials(OptionalInt.of(NOBODY), 12, List.of(12, 34)));
        made.dropCapabilities = true;
        made.noNewPrivileges = true;

        List<String> status = made.run("/bin/cat", "/proc/self/status").lines().toList();

        assertTrue(status.contains("Uid:\t65534\t65534\t65534\t65534"), () -> "" + status);
        assertTrue(status.contains("Gid:\t12\t12\t12\t12"), () -> "" + status);
        assertTrue(status.contains("Groups:\t12 34 "), () -> "" + status);
        assertTrue(status.contains("NoNewPrivs:\t1"), () -> "" + status);
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertTrue(status.contains(set + ":\t0000000000000000"), () -> "" + status);
        }
        assertTrue(status.contains("SigBlk:\t0000000000000000"), () -> "" + status);
        assertTrue(status.contains("SigIgn:\t0000000000000000"), () -> "" + status);
        assertEquals(0, Posix.geteuid());
    }

    @Test
    void umaskDirectoryNiceLimitsAndScoreAreSet() throws IOException {
        Made made = new Made();
        made.umask = OptionalInt.of(027);
        made.directory = Optional.of("/usr");
        made.nice = OptionalInt.of(7);
        made.limits = List.of(
                new ResourceLimit(Resource.NOFILE, 64, 128),
                new ResourceLimit(Resource.CORE, 0, ResourceLimit.INFINITY));
        made.oomScoreAdjust = OptionalInt.of(345);

        assertEquals(
                "0027\n/usr\n7\n64\n128\n0\nunlimited\n345\n",
                made.run(
                        "/bin/bash",
                        "-c",
                        "umask; pwd -P; nice; ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc; cat /proc/self/oom_score_adj"));
    }

    @Test
    void theRootIsChanged() throws IOException {
        assumeTrue(Posix.geteuid() == 0);
        Made made = new Made();
        made.root = Optional.of("/proc/self/root");

        assertEquals("/\n", made.run(SHELL, "-c", "pwd"));
    }

    @Test
    void aProgramHasTheNamedDescriptorsAndNoOther() throws IOException {
        Made made = new Made();
        made.noNewPrivileges = true;
        try (Pipe other = Posix.pipe();
                Pipe input = Posix.pipe()) {
            int pid = Posix.spawn(new SpawnRequest(
                    "/bin/cat",
                    List.of("cat"),
                    List.of(),
                    List.of(new Inherited(input.readEnd(), 0), new Inherited(input.readEnd(), 5)),
                    made.confinement()));

            assertTrue(other.readEnd().isOpen());
            assertEquals(Set.of(0, 1, 2, 5), Descriptors.of(pid));
            Posix.kill(pid, Signal.SIGKILL);
            Children.awaitEnd(pid);
        }
    }

    @Test
    void whatCannotBeDoneIsNamedAndNothingRuns() {
        Made made = new Made();
        made.directory = Optional.of("/nonexistent");

        ErrnoException e = assertThrows(ErrnoException.class, () -> made.run(SHELL, "-c", "echo ran"));

        assertEquals("chdir(/nonexistent) failed: ENOENT (No such file or directory)", e.getMessage());
    }

    @Test
    void aProgramThatCannotBeExecutedIsNamed() {
        Made made = new Made();
        made.noNewPrivileges = true;

        ErrnoException e = assertThrows(ErrnoException.class, () -> made.run("/etc/passwd"));

        assertEquals("execve(/etc/passwd) failed: EACCES (Permission denied)", e.getMessage());
    }

    @Test
    void aRehearsalFindsWhatTheUserMayNotRead() throws IOException {
        assumeTrue(Posix.geteuid() == 0);
        Made made = new Made();
        made.credentials = Optional.of(new Credentials(OptionalInt.of(NOBODY), NOBODY, List.of()));

        Posix.rehearse(made.confinement(), List.of(SHELL), List.of("/etc/passwd"));
        ErrnoException e = assertThrows(
                ErrnoException.class, () -> Posix.rehearse(made.confinement(), List.of(), List.of("/etc/shadow")));

        assertEquals("open(/etc/shadow) failed: EACCES (Permission denied)", e.getMessage());
    }

    /** A worker has few descriptors, and this process many. */
    @Test
    void aRehearsalHasAWorkersDescriptors() throws IOException {
        Made made = new Made();
        made.limits = List.of(new ResourceLimit(Resource.NOFILE, 6, 6));
        List<FileInputStream> many = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                many.add(new FileInputStream("/dev/null"));
            }
            Posix.rehearse(made.confinement(), List.of(SHELL), List.of("/etc/passwd"));
        } finally {
            for (FileInputStream one : many) {
                one.close();
            }
        }
    }

    /** Opening a FIFO blocks, as a SIGSTOP of another process of its user would. */
    @Test
    void aChildThatDoesNotGetToItsProgramIsKilled(@TempDir Path folder) throws Exception {
        Path fifo = folder.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        Made made = new Made();
        made.noNewPrivileges = true;

        ErrnoException e = assertThrows(
                ErrnoException.class, () -> Posix.rehearse(made.confinement(), List.of(), List.of(fifo.toString())));

        assertEquals("open(" + fifo + ") failed: EINTR (Interrupted system call)", e.getMessage());
    }

    @Test
    void theFilterRefusesWhatAServerDoesNotNeed() throws IOException {
        Made made = new Made();
        made.noNewPrivileges = true;
        made.filter = Optional.of(new SeccompFilter());

        assertEquals("2\n", made.run(SHELL, "-c", "grep -h ^Seccomp: /proc/self/status | cut -f2"));
        assertTrue(made.run(SHELL, "-c", "unshare -U true 2>&1 || true").contains("Operation not permitted"));
    }

    @Test
    void landlockKeepsAProcessInItsFolders() throws IOException {
        assumeTrue(Landlock.abi() > 0);
        Made made = new Made();
        made.noNewPrivileges = true;
        made.landlock =
                Optional.of(Landlock.files(List.of("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"), List.of()));

        assertEquals("Permission denied\n", made.run(SHELL, "-c", "cat /etc/passwd 2>&1 | sed 's/.*: //'"));
    }

    @Test
    void aSignalDoesNotLeaveItsLandlockDomain() throws IOException {
        assumeTrue(Landlock.abi() >= Landlock.ABI_WITH_SCOPES);
        Made made = new Made();
        made.noNewPrivileges = true;
        made.landlock = Optional.of(Landlock.scopes());

        assertTrue(made.run(SHELL, "-c", "kill -0 $PPID 2>&1 || true").contains("not permitted"));
    }

    /** One thing is given up. */
    private interface Change {
        void in(Made made) throws IOException;
    }

    /** A confinement in the making. */
    private static final class Made {
        private Optional<Credentials> credentials = Optional.empty();
        private boolean dropCapabilities;
        private boolean noNewPrivileges;
        private OptionalInt umask = OptionalInt.empty();
        private Optional<String> directory = Optional.empty();
        private Optional<String> root = Optional.empty();
        private OptionalInt nice = OptionalInt.empty();
        private List<ResourceLimit> limits = List.of();
        private OptionalInt oomScoreAdjust = OptionalInt.empty();
        private Optional<String> cgroup = Optional.empty();
        private Optional<Landlock> landlock = Optional.empty();
        private Optional<SeccompFilter> filter = Optional.empty();

        Confinement confinement() {
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
                    cgroup,
                    landlock,
                    filter);
        }

        String run(String... argv) throws IOException {
            try (Pipe output = Posix.pipe()) {
                int pid = Posix.spawn(new SpawnRequest(
                        argv[0],
                        List.of(argv),
                        List.of("A=1", "PATH=/usr/bin:/bin"),
                        List.of(new Inherited(output.writeEnd(), Fd.STDOUT)),
                        confinement()));
                output.writeEnd().close();
                String text = TestSockets.receiveAll(output.readEnd());
                Children.awaitEnd(pid);
                return text;
            }
        }
    }
}
