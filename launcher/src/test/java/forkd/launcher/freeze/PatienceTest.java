package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final long START = Long.MAX_VALUE - 7; // nanoTime may be anything, and flow over

    private final Patience patience = new Patience(START);

    @Test
    void aThreadThatNeverRestsHasSomeSeconds() {
        assertEquals(Optional.empty(), after(0, "poller"));
        assertEquals(Optional.empty(), after(5, "poller", "C2 CompilerThre"));
        assertEquals(Optional.of(Duration.ofSeconds(5)), after(5.1, "poller"));
    }

    @Test
    void theyCountFromItsLastRest() {
        assertEquals(Optional.empty(), after(0, "timer"));
        assertEquals(Optional.empty(), after(3, "other"));
        assertEquals(Optional.empty(), after(4, "timer"));
        assertEquals(Optional.empty(), after(9, "timer"));
        assertEquals(Optional.of(Duration.ofSeconds(5)), after(9.1, "timer"));
    }

    @Test
    void compilersHaveLonger() {
        assertEquals(Optional.empty(), after(0, "C1 CompilerThre", "C2 CompilerThre"));
        assertEquals(Optional.empty(), after(20, "C1 CompilerThre", "C2 CompilerThre"));
        assertEquals(Optional.of(Duration.ofSeconds(20)), after(20.1, "C2 CompilerThre"));
    }

    @Test
    void threadsThatComeAndGoHaveLongerToo() {
        assertEquals(Optional.empty(), after(20));
        assertEquals(Optional.of(Duration.ofSeconds(20)), after(20.1));
    }

    private Optional<Duration> after(double seconds, String... busy) {
        return patience.isOver(Set.of(busy), START + (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }
}
