package forkd.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FdTest {

    @Test
    void aNegativeNumberIsNoDescriptor() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new Fd(-1));

        assertEquals("not a descriptor: -1", e.getMessage());
    }

    @Test
    void showsItsNumberWhileOpen() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            Fd fd = pipe.readEnd();

            assertTrue(fd.isOpen());
            assertEquals("fd " + fd.number(), fd.toString());
        }
    }

    @Test
    void closesTheKernelsDescriptor() throws ErrnoException {
        try (Pipe pipe = Posix.pipe();
                PollableEnd reader = new PollableEnd(pipe.readEnd())) {
            pipe.writeEnd().close();

            assertTrue(reader.isReady(), "the last writer is gone");
        }
    }

    @Test
    void isNotOpenAfterClose() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            pipe.readEnd().close();

            assertFalse(pipe.readEnd().isOpen());
            assertEquals("fd closed", pipe.readEnd().toString());
        }
    }

    @Test
    void hasNoNumberAfterClose() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            Fd fd = pipe.readEnd();
            fd.close();

            assertThrows(IllegalStateException.class, fd::number);
        }
    }

    @Test
    void aSecondCloseDoesNotTouchTheNumbersNextOwner() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            Fd old = pipe.readEnd();
            old.close();

            // The kernel gives the lowest free number away first, which most probably is the one just closed.
            try (Pipe next = Posix.pipe()) {
                old.close();

                assertUsable(next);
            }
        }
    }

    @Test
    void manyThreadsTogetherCloseOnce() throws Exception {
        int threads = 3;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 500; round++) {
                Pipe shared = Posix.pipe();
                CyclicBarrier start = new CyclicBarrier(threads);
                // A number that is closed twice is closed under the next owner, who has it from a thread that was
                // faster.
                Callable<Pipe> closeAndReuse = () -> {
                    start.await();
                    shared.close();
                    return Posix.pipe();
                };
                List<Future<Pipe>> results = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    results.add(executor.submit(closeAndReuse));
                }

                for (Future<Pipe> result : results) {
                    try (Pipe reused = result.get()) {
                        assertUsable(reused);
                    }
                }
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void assertUsable(Pipe pipe) {
        assertDoesNotThrow(() -> {
            Posix.write(pipe.writeEnd(), "x".getBytes(US_ASCII), 0, 1);
            assertEquals(1, Posix.read(pipe.readEnd(), new byte[1], 0, 1));
        });
    }
}
