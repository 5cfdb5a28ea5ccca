package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RandomStateTest {
    private static final long UNTOUCHED = 7;

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicLong seed = new AtomicLong(UNTOUCHED);

    @AfterEach
    void letThreadsEnd() {
        end.countDown();
    }

    @Test
    void seedsAreOverwritten() throws Exception {
        RandomState state = new RandomState(List.of(seed), new Thread[0], new Thread[0]);

        state.reseed();

        assertNotEquals(UNTOUCHED, seed.get());
    }

    @Test
    void aThreadThatHasDrawnGetsANewSeedAndAnotherIsLeftAlone() throws Exception {
        Thread silent = waiting(false);
        Thread first = waiting(true);
        Thread second = waiting(true);
        RandomState state = new RandomState(List.of(seed), new Thread[] {silent, first}, new Thread[] {silent, second});
        state.rehearseSettling();
        state.settle();
        long ofSilent = seedOf(silent);
        long ofFirst = seedOf(first);
        long ofSecond = seedOf(second);

        state.reseed();

        assertEquals(ofSilent, seedOf(silent));
        assertNotEquals(ofFirst, seedOf(first));
        assertNotEquals(ofSecond, seedOf(second));
    }

    /** Somebody may keep the object that current() gives, which draws from this thread's seed without a look at the probe. */
    @Test
    void theOwnThreadGetsANewSeedForWhoeverKeepsItsGenerator() throws Exception {
        ThreadLocalRandom kept = ThreadLocalRandom.current();
        kept.nextInt();
        Thread own = Thread.currentThread();
        RandomState state = new RandomState(List.of(seed), new Thread[] {own}, new Thread[0]);
        state.rehearseSettling();
        state.settle();
        long before = seedOf(own);

        state.reseed();

        assertNotEquals(before, seedOf(own));
    }

    private Thread waiting(boolean drawn) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            if (drawn) {
                ThreadLocalRandom.current().nextInt();
            }
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        begun.await();
        return thread;
    }

    private static long seedOf(Thread thread) throws ReflectiveOperationException {
        Field field = Thread.class.getDeclaredField("threadLocalRandomSeed");
        field.setAccessible(true);
        return field.getLong(thread);
    }
}
