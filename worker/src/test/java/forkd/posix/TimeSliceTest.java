package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimeSliceTest {
    private static final Duration OWN = Duration.ofMillis(20);

    @Test
    void aChildHasThatOfTheThreadThatMadeItUntilItIsGivenAnother() throws ErrnoException {
        assertTrue(TimeSlice.ofThisThread(OWN));
        int pid;
        try {
            assumeTrue(TimeSlice.of(0).equals(Optional.of(OWN)), "the kernel has no slices of a thread's own");
            pid = Posix.spawn(new SpawnRequest("/bin/sleep", List.of("sleep", "600"), List.of(), List.of()));
        } finally {
            TimeSlice.ofThisThread(TimeSlice.DEFAULT);
        }
        try {
            assertEquals(Optional.of(OWN), TimeSlice.of(pid));
            TimeSlice.ofProcess(pid, TimeSlice.DEFAULT);
            assertEquals(TimeSlice.of(0), TimeSlice.of(pid));
        } finally {
            Posix.kill(pid, Signal.SIGKILL);
            Zombies.await();
            Posix.waitpid(pid);
        }
        assertEquals(Optional.empty(), TimeSlice.of(pid));
        TimeSlice.ofProcess(pid, OWN);
    }
}
