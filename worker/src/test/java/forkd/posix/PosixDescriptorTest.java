package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** pipe(2), dup(2), access(2) and prctl(2) against the kernel. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PosixDescriptorTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIntoAPipeComesOut() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            TestSockets.send(pipe.writeEnd(), "through");

            assertEquals("through", TestSockets.receive(pipe.readEnd()));
        }
    }

    @Test
    void aPipeEndsWithItsLastWriter() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            TestSockets.send(pipe.writeEnd(), "last words");
            pipe.writeEnd().close();

            assertEquals("last words", TestSockets.receiveAll(pipe.readEnd()));
        }
    }

    @Test
    void aWriteIntoAPipeThatNobodyReadsFailsWithoutASignal() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            pipe.readEnd().close();

            ErrnoException e = assertThrows(ErrnoException.class, () -> TestSockets.send(pipe.writeEnd(), "x"));

            assertEquals("write(" + pipe.writeEnd() + ") failed: EPIPE (Broken pipe)", e.getMessage());
        }
    }

    @Test
    void bothEndsOfAPipeAreCloseOnExec() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            assertTrue(Descriptors.isCloseOnExec(pipe.readEnd()));
            assertTrue(Descriptors.isCloseOnExec(pipe.writeEnd()));
        }
    }

    @Test
    void aDuplicateIsTheSameOpenFileUnderTheAskedNumber() throws IOException {
        try (Pipe pipe = Posix.pipe();
                Fd target = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            // Over a number of our own, so that the test takes nobody's.
            Fd duplicate = Posix.dup3(pipe.writeEnd(), target.number());

            assertEquals(target.number(), duplicate.number());
            TestSockets.send(duplicate, "copied");
            assertEquals("copied", TestSockets.receive(pipe.readEnd()));
        }
    }

    @Test
    void aDuplicateIsCloseOnExec() throws IOException {
        try (Pipe pipe = Posix.pipe();
                Fd target = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            Fd duplicate = Posix.dup3(pipe.writeEnd(), target.number());

            assertTrue(Descriptors.isCloseOnExec(duplicate));
        }
    }

    @Test
    void aDescriptorIsNoDuplicateOfItself() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            Fd fd = pipe.readEnd();
            int number = fd.number();

            ErrnoException e = assertThrows(ErrnoException.class, () -> Posix.dup3(fd, number));

            assertEquals(Errno.EINVAL, e.errno());
            assertEquals("dup3(fd " + number + ", " + number + ")", e.call());
        }
    }

    @Test
    void anExecutableFilePasses() throws IOException {
        Posix.checkExecutable(Path.of("/bin/sh"));
    }

    @Test
    void aFileWithoutTheExecuteBitDoesNotPass() throws IOException {
        Path file = Files.createFile(
                folder.resolve("plain"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));

        ErrnoException e = assertThrows(ErrnoException.class, () -> Posix.checkExecutable(file));

        assertEquals("access(" + file + ") failed: EACCES (Permission denied)", e.getMessage());
    }

    @Test
    void aMissingFileDoesNotPass() {
        Path missing = folder.resolve("missing");

        ErrnoException e = assertThrows(ErrnoException.class, () -> Posix.checkExecutable(missing));

        assertEquals(Errno.ENOENT, e.errno());
    }

    @Test
    void theThreadsNameIsSetAndCutAtFifteenBytes() throws Exception {
        Path name = Path.of("/proc/thread-self/comm");
        String[] names = new String[2];
        Thread thread = new Thread(() -> {
            try {
                names[0] = Files.readString(name).strip();
                Posix.setThreadName("a name of twenty-two b");
                names[1] = Files.readString(name).strip();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        thread.start();
        thread.join();

        assertNotEquals(names[0], names[1]);
        assertEquals("a name of twent", names[1]);
    }

    @Test
    void anUnknownPrctlFails() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> Posix.prctl(-1, 0, 0, 0, 0));

        assertEquals("prctl(-1) failed: EINVAL (Invalid argument)", e.getMessage());
    }

    @Test
    void getpidIsOurOwn() {
        assertEquals(ProcessHandle.current().pid(), Posix.getpid());
    }

    /** Two that both see a byte: whoever comes second must not wait for the next one. */
    @Test
    void readingWhatIsThereDoesNotWaitWhereSomebodyElseWasQuicker() throws Exception {
        final int rounds = 2000;
        try (Pipe pipe = Posix.pipe()) {
            Posix.setNonBlocking(pipe.readEnd());
            CyclicBarrier barrier = new CyclicBarrier(3);
            Callable<Integer> reader = () -> {
                int count = 0;
                for (int i = 0; i < rounds; i++) {
                    barrier.await(10, TimeUnit.SECONDS);
                    count += Posix.readNow(pipe.readEnd(), new byte[8]);
                    barrier.await(10, TimeUnit.SECONDS);
                }
                return count;
            };
            FutureTask<Integer> one = new FutureTask<>(reader);
            FutureTask<Integer> other = new FutureTask<>(reader);
            new Thread(one).start();
            new Thread(other).start();
            for (int i = 0; i < rounds; i++) {
                Posix.write(pipe.writeEnd(), new byte[1], 0, 1);
                barrier.await(10, TimeUnit.SECONDS);
                barrier.await(10, TimeUnit.SECONDS);
            }
            assertEquals(rounds, one.get() + other.get());

            pipe.writeEnd().close();
            assertEquals(-1, Posix.readNow(pipe.readEnd(), new byte[8]));
        }
    }
}
