package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** posix_spawn(3), waitpid(2) and kill(2) against the kernel. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PosixSpawnTest {
    private static final String SHELL = "/bin/sh";
    private static final long SIG_IGN = 1;
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int PROCESS_GROUP = 2;

    @TempDir
    private Path folder;

    @Test
    void theProgramGetsItsArguments() throws IOException {
        String output = Children.outputOf(
                List.of(SHELL, "-c", "printf '<%s>' \"$0\" \"$@\"", "zero", "", "two words", "日本"), List.of());

        assertEquals("<zero><><two words><日本>", output);
    }

    @Test
    void theFirstArgumentNeedNotBeThePath() throws IOException {
        try (Pipe output = Posix.pipe()) {
            int pid = Posix.spawn(new SpawnRequest(
                    SHELL,
                    List.of("another name", "-c", "echo $0"),
                    List.of(),
                    List.of(new Inherited(output.writeEnd(), Fd.STDOUT))));
            output.writeEnd().close();

            assertEquals("another name\n", TestSockets.receiveAll(output.readEnd()));
            Children.awaitEnd(pid);
        }
    }

    @Test
    void theProgramGetsItsEnvironmentAndNothingOfOurs() throws IOException {
        String output = Children.outputOf(List.of("/usr/bin/env"), List.of("A=1", "B=two words", "EMPTY="));

        assertEquals("A=1\nB=two words\nEMPTY=\n", output);
    }

    @Test
    void theEnvironmentMayBeLong() throws IOException {
        List<String> variables = IntStream.range(0, 200)
                .mapToObj(i -> "V" + i + "=" + "x".repeat(100 + i))
                .toList();

        for (int times = 0; times < 2; times++) {
            String output = Children.outputOf(List.of("/usr/bin/env"), variables);

            assertEquals(variables, output.lines().toList());
        }
    }

    @Test
    void theLibrarysSpawnDoesTheSame() throws IOException {
        try (Pipe pipe = Posix.pipe();
                Fd stray = withoutCloseOnExec(pipe.readEnd())) {
            String script = "echo $A $0; echo /proc/self/fd/* >&3";
            int pid = Posix.spawnByLibrary(new SpawnRequest(
                    SHELL,
                    List.of("name", "-c", script),
                    List.of("A=1"),
                    List.of(new Inherited(pipe.writeEnd(), Fd.STDOUT), new Inherited(pipe.writeEnd(), 3))));
            pipe.writeEnd().close();

            assertFalse(Descriptors.isCloseOnExec(stray));
            String open = "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3";
            String output = TestSockets.receiveAll(pipe.readEnd());
            assertTrue(output.startsWith("1 name\n" + open), output);
            assertTrue(Children.awaitEnd(pid).exited());
        }
    }

    @Test
    void aMissingProgramIsAnErrorOfTheLibrarysToo() {
        String missing = folder.resolve("missing").toString();
        SpawnRequest request = new SpawnRequest(missing, List.of(missing), List.of(), List.of());

        ErrnoException e = assertThrows(ErrnoException.class, () -> Posix.spawnByLibrary(request));

        assertEquals("posix_spawn(" + missing + ") failed: ENOENT (No such file or directory)", e.getMessage());
    }

    @Test
    void aChildThatCouldNotExecuteLeavesOurDescriptorsAlone() throws IOException {
        SpawnRequest missing =
                new SpawnRequest(folder.resolve("missing").toString(), List.of("missing"), List.of(), List.of());
        try (Pipe pipe = Posix.pipe()) {
            assertThrows(ErrnoException.class, () -> Posix.spawn(missing));

            assertTrue(Descriptors.isCloseOnExec(pipe.readEnd()));
            Posix.write(pipe.writeEnd(), new byte[] {7}, 0, 1);
            assertEquals(1, Posix.read(pipe.readEnd(), new byte[2], 0, 2));
        }
    }

    @Test
    void aNulInAnArgumentIsRefused() {
        SpawnRequest request = new SpawnRequest(SHELL, List.of("sh", "a\0b"), List.of(), List.of());

        assertThrows(IllegalArgumentException.class, () -> Posix.spawn(request));
    }

    @Test
    void theProgramHasTheStandardDescriptorsAndNoOther() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Pipe other = Posix.pipe();
                RunningCat cat = new RunningCat()) {
            assertTrue(listener.isOpen() && other.readEnd().isOpen());

            assertEquals(Set.of(0, 1, 2), Descriptors.of(cat.pid()));
        }
    }

    @Test
    void theProgramDoesNotGetWhatALibraryOpenedWithoutCloseOnExec() throws IOException {
        try (Pipe pipe = Posix.pipe();
                Fd stray = withoutCloseOnExec(pipe.readEnd());
                RunningCat cat = new RunningCat()) {
            assertFalse(Descriptors.isCloseOnExec(stray));

            assertEquals(Set.of(0, 1, 2), Descriptors.of(cat.pid()));
        }
    }

    @Test
    void theProgramHasANamedDescriptorUnderItsNumber() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            String output = Children.outputOf(
                    List.of(SHELL, "-c", "echo over three >&3; echo over one"),
                    List.of(),
                    new Inherited(pipe.writeEnd(), 3));
            pipe.writeEnd().close();

            assertEquals("over one\n", output);
            assertEquals("over three\n", TestSockets.receiveAll(pipe.readEnd()));
        }
    }

    @Test
    void oneDescriptorMayBeInheritedTwice() throws IOException {
        try (RunningCat cat = new RunningCat()) {
            TestSockets.send(cat.socket(), "both ways");

            assertEquals("both ways", TestSockets.receive(cat.socket()));
        }
    }

    @Test
    void aDescriptorMayKeepItsNumber() throws IOException {
        try (Pipe pipe = Posix.pipe();
                Fd target = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            // A number that is surely ours, and free again after the duplicate took it over.
            Fd same = Posix.dup3(pipe.writeEnd(), target.number());
            pipe.writeEnd().close();

            try (RunningCat cat = new RunningCat(new Inherited(same, same.number()))) {
                assertTrue(Descriptors.of(cat.pid()).contains(same.number()));
            }
        }
    }

    @Test
    void ourDescriptorsStayOpenAndCloseOnExec() throws IOException {
        try (Pipe pipe = Posix.pipe();
                RunningCat cat = new RunningCat(new Inherited(pipe.writeEnd(), 3))) {
            assertTrue(Descriptors.isCloseOnExec(pipe.writeEnd()));
            assertTrue(Descriptors.isCloseOnExec(cat.socket()));
        }
    }

    /** On a thread of its own, which looks at what is ignored when it starts its first program. */
    @Test
    void theProgramBlocksIgnoresAndCatchesNoSignal() throws Exception {
        Native.LIBC.signal(Signal.SIGURG.number(), SIG_IGN);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            List<String> status = List.of("/bin/cat", "/proc/self/status");

            assertHasNoSignals(
                    thread.submit(() -> Children.outputOf(status, List.of())).get());
            assertHasNoSignals(output(status, DirectSpawn.withoutClone3()::make));
        } finally {
            thread.shutdown();
            Signals.setDefault(Signal.SIGURG);
        }
    }

    private static void assertHasNoSignals(String status) {
        String none = "0".repeat(16);
        assertEquals(
                List.of("SigBlk:\t" + none, "SigIgn:\t" + none, "SigCgt:\t" + none),
                status.lines()
                        .filter(line -> line.matches("Sig(Blk|Ign|Cgt):.*"))
                        .toList());
    }

    private interface Maker {
        OptionalInt make(SpawnRequest request) throws ErrnoException;
    }

    private static String output(List<String> argv, Maker maker) throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            List<Inherited> inherited = List.of(new Inherited(pipe.writeEnd(), Fd.STDOUT));
            int pid = maker.make(new SpawnRequest(argv.get(0), argv, List.of(), inherited))
                    .orElseThrow();
            pipe.writeEnd().close();
            String text = TestSockets.receiveAll(pipe.readEnd());
            Children.awaitEnd(pid);
            return text;
        }
    }

    @Test
    void theProgramLeadsAProcessGroupAndIsOurDirectChild() throws IOException {
        try (RunningCat cat = new RunningCat()) {
            String[] fields = stat(cat.pid());

            assertEquals(Integer.toString(Posix.getpid()), fields[PARENT]);
            assertEquals(Integer.toString(cat.pid()), fields[PROCESS_GROUP]);
        }
    }

    @Test
    void aMissingProgramIsAnErrorAndNoChild() throws IOException {
        String missing = folder.resolve("missing").toString();

        ErrnoException e = assertThrows(ErrnoException.class, () -> Children.statusOf(missing));

        assertEquals("posix_spawn(" + missing + ") failed: ENOENT (No such file or directory)", e.getMessage());
        assertFalse(Zombies.await().isPresent(), "a child is left");
    }

    @Test
    void aFileWithoutTheExecuteBitIsAnError() throws IOException {
        Path file = file("plain", "rw-r--r--", "#!/bin/sh\n");

        ErrnoException e = assertThrows(ErrnoException.class, () -> Children.statusOf(file.toString()));

        assertEquals(Errno.EACCES, e.errno());
    }

    @Test
    void aFileThatIsNoProgramIsAnError() throws IOException {
        Path file = file("text", "rwxr-xr-x", "just some text\n");

        ErrnoException e = assertThrows(ErrnoException.class, () -> Children.statusOf(file.toString()));

        assertEquals(Errno.ENOEXEC, e.errno());
    }

    @Test
    void aFolderIsAnError() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> Children.statusOf(folder.toString()));

        assertEquals(Errno.EACCES, e.errno());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 255})
    void anExitCodeIsToldByWaitpid(int code) throws IOException {
        WaitStatus status = Children.statusOf(SHELL, "-c", "exit " + code);

        assertTrue(status.exited());
        assertEquals(code, status.exitCode());
    }

    @Test
    void aKillIsToldByWaitpid() throws IOException {
        WaitStatus status = Children.statusOf(SHELL, "-c", "kill -KILL $$");

        assertTrue(status.signaled());
        assertEquals(Signal.SIGKILL, status.signal());
    }

    @Test
    void killEndsAProcess() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            int pid = spawnCat(pair.second());

            assertTrue(Posix.kill(pid, Signal.SIGTERM));

            assertEquals(Signal.SIGTERM, Children.awaitEnd(pid).signal());
        }
    }

    @Test
    void killEndsAProcessGroup() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            int pid = spawnCat(pair.second());

            assertTrue(Posix.kill(-pid, Signal.SIGKILL));

            assertEquals(Signal.SIGKILL, Children.awaitEnd(pid).signal());
        }
    }

    @Test
    void killOfAVanishedProcessIsFalse() throws IOException {
        int pid = Posix.spawn(new SpawnRequest("/bin/true", List.of("true"), List.of(), List.of()));
        Children.awaitEnd(pid);

        assertFalse(Posix.kill(pid, Signal.SIGTERM));
    }

    @Test
    void waitpidIsEmptyWhileTheProcessLives() throws IOException {
        try (RunningCat cat = new RunningCat()) {
            assertEquals(Optional.empty(), Posix.waitpid(cat.pid()));
        }
    }

    @Test
    void waitpidIsEmptyWhereThereIsNoSuchChild() throws IOException {
        assertEquals(Optional.empty(), Posix.waitpid(Posix.getpid()));
    }

    @Test
    void awaitingAnEndLeavesTheChildToBeTaken() throws IOException {
        int pid = Posix.spawn(new SpawnRequest("/bin/true", List.of("true"), List.of(), List.of()));

        assertTrue(Zombies.await().isPresent());

        assertEquals("Z", stat(pid)[STATE]);
        assertEquals(pid, Posix.waitpid(-1).orElseThrow().pid());
    }

    @Test
    void thereIsNothingToAwaitWithoutAChild() throws IOException {
        assertFalse(Zombies.await().isPresent());
    }

    private static int spawnCat(Fd socket) throws ErrnoException {
        return Posix.spawn(
                new SpawnRequest("/bin/cat", List.of("cat"), List.of(), List.of(new Inherited(socket, Fd.STDIN))));
    }

    /** A duplicate such as C libraries make: it would survive an exec. */
    private static Fd withoutCloseOnExec(Fd fd) throws ErrnoException {
        Fd taken = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM);
        Native.LIBC.dup3(fd.number(), taken.number(), 0);
        return taken;
    }

    private Path file(String name, String permissions, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    /** The fields of /proc/PID/stat behind the name: state, parent, process group. */
    private static String[] stat(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }
}
