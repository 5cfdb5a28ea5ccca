package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ZombiesTest {
    @Test
    void withoutAChildThereIsNone() throws ErrnoException {
        assertEquals(OptionalInt.empty(), Zombies.next());
    }

    @Test
    void oneThatHasEndedStaysUntilItIsTaken() throws ErrnoException {
        int pid = Posix.spawn(new SpawnRequest("/bin/sh", List.of("sh", "-c", "exit 7"), List.of(), List.of()));

        assertEquals(OptionalInt.of(pid), Zombies.await());
        assertEquals(OptionalInt.of(pid), Zombies.next());
        assertEquals(OptionalInt.of(pid), Zombies.next());
        assertTrue(Posix.kill(-pid, Signal.SIGKILL), "its group is its own as long");
        assertEquals(7, Posix.waitpid(pid).orElseThrow().status().exitCode());
        assertEquals(OptionalInt.empty(), Zombies.next());
    }

    @Test
    void aChildThatLivesIsNone() throws ErrnoException {
        int pid = Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "600"), List.of(), List.of()));

        assertEquals(OptionalInt.empty(), Zombies.next());

        Posix.kill(pid, Signal.SIGKILL);
        Zombies.await();
        assertEquals(Signal.SIGKILL, Posix.waitpid(pid).orElseThrow().status().signal());
    }

    /** A worker whose threads are being made for it must not be taken for one that has ended. */
    @Test
    void aTracedChildThatHasStoppedIsNone() throws ErrnoException {
        int pid = Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "600"), List.of(), List.of()));
        Tracer tracer = new Tracer();
        assertTrue(tracer.stop(pid));

        assertEquals(OptionalInt.empty(), Zombies.await());
        assertEquals(OptionalInt.empty(), Zombies.next());

        assertTrue(tracer.release(pid));
        Posix.kill(pid, Signal.SIGKILL);
        Zombies.await();
        assertEquals(OptionalInt.of(pid), Zombies.next());
        Posix.waitpid(pid);
    }
}
