package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.ErrnoException;
import forkd.posix.PollSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WakePipeTest {
    private WakePipe wake;

    @BeforeEach
    void open() throws ErrnoException {
        wake = new WakePipe();
    }

    @AfterEach
    void close() {
        wake.close();
    }

    @Test
    void whoIsNotWokenSleeps() throws ErrnoException {
        assertFalse(isAwake());
    }

    @Test
    void aWakeBeforeTheSleepIsNotLost() throws ErrnoException {
        wake.wake();

        assertTrue(sleep());
    }

    @Test
    void aWakeEndsTheSleep() throws ErrnoException, InterruptedException {
        Thread waker = new Thread(wake::wake);
        waker.start();

        assertTrue(sleep());
        waker.join();
    }

    @Test
    void aDrainedWakeWakesNobodyAgain() throws ErrnoException {
        wake.wake();

        wake.drain();

        assertFalse(isAwake());
    }

    @Test
    void aWakeAfterTheDrainIsANewOne() throws ErrnoException {
        wake.wake();
        wake.drain();

        wake.wake();

        assertTrue(isAwake());
    }

    @Test
    void drainingWithoutAWakeDoesNotBlock() throws ErrnoException {
        wake.drain();

        assertFalse(isAwake());
    }

    @Test
    void moreWakesThanAPipeHoldsDoNotBlock() throws ErrnoException {
        for (int i = 0; i < 200_000; i++) {
            wake.wake();
        }

        wake.drain();

        assertFalse(isAwake());
    }

    @Test
    void noWakeOfManyThreadsIsLost() throws ErrnoException, InterruptedException {
        int wakers = 4;
        int wakesEach = 5_000;
        AtomicInteger work = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < wakers; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < wakesEach; n++) {
                    work.incrementAndGet();
                    wake.wake();
                }
            });
            threads.add(thread);
            thread.start();
        }

        // As the accept loop does it. A lost wake would leave it asleep for ever.
        int seen = 0;
        while (seen < wakers * wakesEach) {
            sleep();
            wake.drain();
            seen = work.get();
        }

        assertEquals(wakers * wakesEach, seen);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private boolean sleep() throws ErrnoException {
        return poll(null);
    }

    private boolean isAwake() throws ErrnoException {
        return poll(Duration.ZERO);
    }

    private boolean poll(Duration limit) throws ErrnoException {
        PollSet poll = new PollSet(1);
        poll.add(wake.readEnd());
        return poll.await(limit);
    }
}
