package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChildEndsTest {
    private ChildEnds ends;

    @BeforeEach
    void open() throws ErrnoException {
        ends = new ChildEnds();
    }

    @AfterEach
    void close() {
        ends.close();
    }

    @Test
    void theEndOfAChildIsToldUntilItIsForgotten() throws ErrnoException {
        int pid = ending();
        ends.watch(pid);

        assertEquals(1, ends.await(null));
        assertEquals(pid, ends.pid(0));
        assertEquals(1, ends.await(null), "it has not been reaped");
        assertEquals(5, Posix.waitpid(pid).orElseThrow().status().exitCode());
        ends.forget(pid);
        assertEquals(0, ends.await(Duration.ZERO));
    }

    @Test
    void aZombieCanStillBeWatched() throws ErrnoException {
        int pid = ending();
        awaitEnd(pid);

        ends.watch(pid);

        assertEquals(1, ends.await(Duration.ZERO));
        Posix.waitpid(pid);
        ends.forget(pid);
    }

    @Test
    void aLiveChildIsNoAnswerAndMayBeWatchedTwice() throws ErrnoException {
        int pid = Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "600"), List.of(), List.of()));
        int other = ending();
        ends.watch(pid);
        ends.watch(pid);
        ends.watch(other);

        assertEquals(1, ends.await(null));
        assertEquals(other, ends.pid(0));

        Posix.waitpid(other);
        ends.forget(other);
        Posix.kill(pid, Signal.SIGKILL);
        assertEquals(1, ends.await(null));
        Posix.waitpid(pid);
        ends.forget(pid);
    }

    /** A stop is no end, and is left for its tracer. */
    @Test
    void aTracedChildThatHasStoppedIsNoAnswer() throws ErrnoException {
        int pid = Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "600"), List.of(), List.of()));
        ends.watch(pid);
        Tracer tracer = new Tracer();
        assertTrue(tracer.stop(pid));

        assertEquals(0, ends.await(Duration.ZERO));

        assertTrue(tracer.release(pid));
        Posix.kill(pid, Signal.SIGKILL);
        assertEquals(1, ends.await(null));
        Posix.waitpid(pid);
        ends.forget(pid);
    }

    @Test
    void whoIsNoProcessCannotBeWatched() throws ErrnoException {
        int pid = ending();
        awaitEnd(pid);
        Posix.waitpid(pid);

        assertEquals(
                Errno.ESRCH,
                assertThrows(ErrnoException.class, () -> ends.watch(pid)).errno());
        ends.forget(pid);
    }

    @Test
    void afterTheEndOfAllNobodyBlocks() throws Exception {
        int pid = ending();
        ends.watch(pid);
        Thread waiting = new Thread(() -> {
            try {
                while (ends.await(null) > 0) {
                    Thread.onSpinWait();
                }
            } catch (ErrnoException e) {
                throw new IllegalStateException(e);
            }
        });
        waiting.start();

        ends.end();

        waiting.join();
        assertEquals(0, ends.await(null), "not even the one that has ended is an answer now");
        awaitEnd(pid); // or it would be another test's zombie
        Posix.waitpid(pid);
        ends.forget(pid);
    }

    /** Of this one, and no other's. */
    private static void awaitEnd(int pid) throws ErrnoException {
        while (!Zombies.is(pid)) {
            Thread.onSpinWait();
        }
    }

    private static int ending() throws ErrnoException {
        return Posix.spawn(new SpawnRequest("/bin/sh", List.of("sh", "-c", "exit 5"), List.of(), List.of()));
    }
}
