package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.process.Children;
import forkd.launcher.process.Leftovers;
import forkd.launcher.process.Reaper;
import forkd.launcher.process.WorkerTable;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is made of zygotes that do not get as far as a stem; shell scripts play the JVM. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StemFactoryTest {
    private final Children all = new Children();
    private final WorkerTable children = new WorkerTable(1, (worker, status) -> {}, all, Leftovers.KEEP);
    private final Reaper reaper = new Reaper(all);
    private final List<String> retries = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void reap() {
        reaper.start();
    }

    @AfterEach
    void close() {
        reaper.close();
    }

    @Test
    void anOptionThatTheJvmRefusesIsNotTheHandlersFault() throws Exception {
        FreezeException e = assertThrows(
                FreezeException.class, () -> make("echo \"Unrecognized VM option 'UseSerialGC'\" >&2; exit 1"));

        assertEquals("the JVM does not take a zygote's options: Unrecognized VM option 'UseSerialGC'", e.getMessage());
        assertFalse(e.isOfHandler());
        assertEquals(List.of(), retries);
    }

    @Test
    void anEndInTheWarmUpIs() throws Exception {
        FreezeException e = assertThrows(FreezeException.class, () -> make("[ \"$2\" = -version ] || exit 3"));

        assertEquals(
                "the zygote's warm-up: the process has ended with exit status 3;"
                        + " does the handler's warm-up call System.exit?",
                e.getMessage());
        assertTrue(e.isOfHandler());
        assertEquals(List.of(), retries);
    }

    @Test
    void aZygoteThatIsKilledIsStartedAgain() throws Exception {
        FreezeException e = assertThrows(FreezeException.class, () -> make("kill -9 $$"));

        String why = "the warm-up: the zygote has ended: SIGKILL";
        assertEquals(why, e.getMessage());
        assertFalse(e.isOfHandler());
        assertEquals(List.of(why + "; trying again", why + "; trying again"), retries);
    }

    @Test
    void aJvmThatIsNotThereIsNotTriedAgain() {
        ErrnoException e = assertThrows(
                ErrnoException.class, () -> factory(folder.resolve("none")).make());

        assertEquals(Errno.ENOENT, e.errno());
        assertEquals(List.of(), retries);
    }

    private void make(String script) throws Exception {
        Path java = folder.resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        factory(java).make();
    }

    private StemFactory factory(Path java) {
        ZygoteCommand command =
                new ZygoteCommand(java.toString(), List.of("zygote", "-option", "-cp", "jar", "Main"), List.of());
        return new StemFactory(command, false, children, retries::add);
    }
}
