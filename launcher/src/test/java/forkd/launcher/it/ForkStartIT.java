package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.posix.Errno;
import forkd.zygote.ZygoteMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A step on the way to a stem fails: it is tried again, or reported with its reason. */
@Timeout(120)
class ForkStartIT {
    private static final int RECVMSG = 47;
    /** A library whose classes are in too old a format for archives, as they are published. */
    private static final String ASSEMBLER = "jnr.x86asm.";

    @TempDir
    private Path folder;

    @Test
    void aZygoteThatIsKilledInItsWarmUpIsStartedAgain() throws Exception {
        Path hang = Files.createFile(folder.resolve("hang"));
        try (ForkdServer server = launch(BadHandlers.ReadyUnless.class, "--env", "HANG=" + hang)) {
            long zygote = zygote(BadHandlers.ReadyUnless.class);
            Files.delete(hang);
            Commands.run("kill", "-9", Long.toString(zygote));
            startsAtTheSecondTry(server, "the warm-up: the zygote has ended: SIGKILL");
            assertEquals("ready", ForkServers.listen(server));
        }
    }

    /** Without a look at the zygote's end its threads would be waited for, until the time for them is over. */
    @Test
    void aZygoteThatIsKilledBeforeItsSplitIsStartedAgain() throws Exception {
        Path spin = Files.createFile(folder.resolve("spin"));
        try (ForkdServer server = launch(BadHandlers.RestlessWhile.class, "--env", "SPIN=" + spin)) {
            long zygote = zygote(BadHandlers.RestlessWhile.class);
            Eventually.equal(true, () -> hasThreadIn(zygote, RECVMSG));
            Files.delete(spin);
            Commands.run("kill", "-9", Long.toString(zygote));
            startsAtTheSecondTry(server, "the split: the zygote has ended: SIGKILL");
            assertEquals("at rest", ForkServers.listen(server));
        }
    }

    /** With a class path of the user's behind forkd's own. */
    @Test
    void aZygoteHasItsClassesFromItsStartUpArchive() throws Exception {
        Path loaded = folder.resolve("loaded");
        try (ForkdServer server =
                ForkServers.serve(WarmedHandler.class, "-J", "-Xlog:class+load:file=" + loaded + ":none")) {
            assertTrue(ForkServers.stem(server) > 0);
            List<String> own = Files.readAllLines(loaded).stream()
                    .filter(line -> line.startsWith(ZygoteMain.class.getName() + " ") || line.startsWith(ASSEMBLER))
                    .toList();
            assertTrue(own.size() > 1, () -> "" + own);
            assertEquals(
                    List.of(),
                    own.stream()
                            .filter(line -> !line.contains("source: shared objects file"))
                            .toList());
        }
    }

    /** A collection while its other threads stand still would wait for them, and they for its end. */
    @ParameterizedTest
    @ValueSource(ints = {20, 80, 140, 200, 260, 320, 380})
    void aWarmUpMayLeaveNoRoomForWhatTheSplitTakes(int kibibytes) throws Exception {
        try (ForkdServer server = ForkServers.serve(
                LitteringHandler.class, "--warm-up", "2", "-J", "-D" + LitteringHandler.LEFT + "=" + kibibytes)) {
            assertEquals(
                    List.of(),
                    server.log().stream()
                            .filter(line -> line.contains("trying again"))
                            .toList());
            assertTrue(ForkServers.listen(server).startsWith("made "));
        }
    }

    @Test
    void aStemWhoseWorkersEndInAnotherWayIsNotUsed() throws Exception {
        try (ForkdServer server = launch(BadHandlers.HaltsInItsHook.class)) {
            assertEquals(1, server.exitCode());
            String why = "the self-test: the worker ended with exit status 9";
            assertEquals(List.of("forkd: " + why), own(server));
            assertEquals(
                    2,
                    server.log().stream()
                            .filter(line -> line.contains(why + "; trying again"))
                            .count());
        }
    }

    @Test
    void autoFallsBackFromAStemThatFailsItsProof() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "--pool-min-spare",
                "1",
                "--handler",
                BadHandlers.HaltsInItsHook.class.getName(),
                "--classpath",
                EchoIT.testClasses())) {
            server.await(
                    "why",
                    line -> line.contains(
                            "model fork cannot be used: the self-test: the worker ended with exit status 9;"
                                    + " using model pool"));
            assertEquals("served", ForkServers.listen(server));
        }
    }

    @Test
    void aMachineWhereMemoryCannotBeMovedIsServedWithoutHugePages() throws Exception {
        assumeTrue(!Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
                .contains("[never]"));
        String refused = "the stem's memory cannot be moved into huge pages: ";
        // What goes into a file is not moved, but mapped; so there is to be no file.
        String[] options = {"-l", "127.0.0.1:0", "--model", "fork", "--spares", "0", "--rlimit", "fsize=65536"};
        try (ForkdServer server = ForkdServer.launchUnder(Refusal.ofMoves(Errno.EPERM), options)) {
            server.await("listening", line -> line.startsWith("listening "));
            server.signal("HUP");
            server.await("stem", line -> line.matches("stem .* reason=reload .*"));
            // Of the second stem as of the first: what has failed once may go well later.
            List<String> warnings =
                    server.log().stream().filter(Events::isWarning).toList();
            assertEquals(2, warnings.size(), () -> "" + server.log());
            assertTrue(warnings.stream().allMatch(line -> line.contains(refused) && line.contains("; trying again")));
            assertEquals("served", ForkServers.ask(server, "served").strip());
        }
    }

    private static ForkdServer launch(Class<? extends forkd.worker.ConnectionHandler> handler, String... options)
            throws IOException {
        return ForkServers.launch(handler, options);
    }

    private static void startsAtTheSecondTry(ForkdServer server, String why) throws Exception {
        server.await("listening", line -> line.startsWith("listening "));
        // On a machine that is very busy a thread may not stop in time, and be the reason for one more.
        assertTrue(
                server.log().stream().anyMatch(line -> Events.isWarning(line) && line.contains(why + "; trying again")),
                () -> "" + server.log());
    }

    private static List<String> own(ForkdServer server) {
        return server.log().stream().filter(line -> line.startsWith("forkd: ")).toList();
    }

    /** The pid of the zygote of a handler that no other test uses, when it is there. */
    private static long zygote(Class<?> handler) throws Exception {
        String title = "forkd: zygote " + handler.getName();
        Eventually.equal(true, () -> find(title).isPresent());
        return find(title).orElseThrow();
    }

    private static Optional<Long> find(String title) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(Long::parseLong)
                    .filter(pid -> isTitled(pid, title))
                    .findFirst();
        }
    }

    private static boolean isTitled(long pid, String title) {
        try {
            return Processes.commandLine(pid).startsWith(title);
        } catch (IOException e) {
            if (Processes.exists(pid)) {
                throw new UncheckedIOException(e);
            }
            return false; // it has just ended
        }
    }

    private static boolean hasThreadIn(long pid, int systemCall) throws IOException {
        for (long tid : Processes.threadsOf(pid)) {
            if (isIn(Path.of("/proc/" + pid + "/task/" + tid + "/syscall"), systemCall)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(Path state, int systemCall) throws IOException {
        try {
            return Files.readString(state).startsWith(systemCall + " ");
        } catch (NoSuchFileException e) {
            return false; // the thread has ended since it was listed
        }
    }
}
