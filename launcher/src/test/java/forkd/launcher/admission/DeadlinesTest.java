package forkd.launcher.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final Deadlines<String> deadlines = new Deadlines<>();

    @Test
    void nothingIsDueBeforeItsTime() {
        deadlines.set("a", 10);

        assertEquals(Optional.empty(), deadlines.take(9));
        assertEquals(OptionalLong.of(1), deadlines.nanosToNext(9));
        assertEquals(Optional.of("a"), deadlines.take(10));
        assertEquals(OptionalLong.empty(), deadlines.nanosToNext(10));
    }

    @Test
    void theEarliestComesFirstAndEqualOnesInTheirOrder() {
        deadlines.set("late", 20);
        deadlines.set("one", 10);
        deadlines.set("two", 10);

        assertEquals(Optional.of("one"), deadlines.take(99));
        assertEquals(Optional.of("two"), deadlines.take(99));
        assertEquals(Optional.of("late"), deadlines.take(99));
        assertEquals(Optional.empty(), deadlines.take(99));
    }

    @Test
    void aTimeThatIsSetAnewReplacesTheOldOne() {
        deadlines.set("a", 10);
        deadlines.set("a", 30);

        assertEquals(Optional.empty(), deadlines.take(20));
        assertEquals(Optional.of("a"), deadlines.take(30));
        assertEquals(0, deadlines.size());
    }

    @Test
    void whatIsRemovedIsNeverDue() {
        deadlines.set("a", 10);
        deadlines.remove("a");
        deadlines.remove("b");

        assertEquals(Optional.empty(), deadlines.take(99));
        assertEquals(0, deadlines.size());
    }

    @Test
    void timesAroundTheOverflowOfTheClockAreInOrder() {
        long end = Long.MAX_VALUE;
        deadlines.set("after", end + 10);
        deadlines.set("before", end - 10);

        assertEquals(Optional.of("before"), deadlines.take(end));
        assertEquals(Optional.empty(), deadlines.take(end));
        assertEquals(OptionalLong.of(10), deadlines.nanosToNext(end));
        assertEquals(Optional.of("after"), deadlines.take(end + 11));
    }

    /** Against a plain map, with a thousand keys. */
    @Test
    void manyKeysAreTakenWhenTheyAreDue() {
        Random random = new Random(1);
        Map<Integer, Long> plain = new HashMap<>();
        Deadlines<Integer> many = new Deadlines<>();
        for (long now = 0; now < 20_000; now++) {
            int key = random.nextInt(1000);
            if (random.nextInt(4) == 0) {
                plain.remove(key);
                many.remove(key);
            } else {
                long due = now + random.nextInt(500);
                plain.put(key, due);
                many.set(key, due);
            }
            for (Optional<Integer> next = many.take(now); next.isPresent(); next = many.take(now)) {
                assertEquals(true, plain.remove(next.get()) <= now);
            }
            long time = now;
            assertEquals(0, plain.values().stream().filter(due -> due <= time).count());
            assertEquals(plain.size(), many.size());
        }
    }
}
