package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SpawnRequest;
import forkd.posix.WaitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With children of this very process, each of which has ended before its test is over. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReaperTest {
    /** Between two looks at all children. */
    private static final Duration SOON = Duration.ofMillis(10);

    private static final Duration NEVER = Duration.ofHours(1);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Children children = new Children();
    private final WorkerTable table = new WorkerTable(10, this::tell, children, Leftovers.KEEP);

    private Reaper reaper;

    private void start(Duration look) {
        reaper = new Reaper(children, look);
        reaper.start();
    }

    /** It would take other tests' children away. */
    @AfterEach
    void close() {
        reaper.close();
    }

    @Test
    void theEndOfAWorkerIsTold() throws Exception {
        start(SOON);
        publish("exit 3", 1);
        publish("exit 4", 2);

        List<String> both = List.of(told.take(), told.take());
        assertEquals(List.of("1 exit 3", "2 exit 4"), both.stream().sorted().toList());
        assertEquals(0, table.taken());
    }

    @Test
    void aWorkerThatEndedBeforeItsPidWasKnownIsToldToo() throws Exception {
        start(SOON);
        table.reserve();
        int pid = shell("exit 3");
        awaitReaped(pid); // by the look at all children

        table.publish(new Worker(pid, 1, 0));

        assertEquals("1 exit 3", told.take());
    }

    @Test
    void aChildThatNobodyKnowsIsTakenAway() throws Exception {
        start(SOON);
        awaitReaped(shell("exit 0"));

        assertNull(told.poll());
    }

    /** A server that gives ten thousand workers their threads goes on reaping the others. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3_600_000})
    void whileOneIsTracedTheEndsOfOthersAreTold(long look) throws Exception {
        start(Duration.ofMillis(look));
        int traced = publish("exec sleep 600", 1);

        children.withoutReaping(traced, () -> {
            for (int i = 0; i < 5; i++) { // one look at all children, at least, is due meanwhile, or none
                publish("exit 4", 2);
                assertEquals("2 exit 4", take());
            }
            Posix.kill(traced, Signal.SIGKILL);
            assertNull(poll(), "the traced one's end is its tracer's as long");
            publish("exit 5", 3);
            assertEquals("3 exit 5", take(), "nobody waits for it");
        });

        assertEquals("1 SIGKILL", told.take());
    }

    @Test
    void itEndsThoughNothingEndsAndNoLookIsDue() {
        start(NEVER);

        reaper.close();
    }

    private void tell(Worker worker, WaitStatus status) {
        told.add(worker.connection() + (status.exited() ? " exit " + status.exitCode() : " " + status.signal()));
    }

    private String take() {
        try {
            return told.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String poll() {
        try {
            return told.poll(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The slot first: the end of whoever is not expected is nobody's. */
    private int publish(String script, long connection) throws ErrnoException {
        table.reserve();
        int pid = shell(script);
        table.publish(new Worker(pid, connection, 0));
        return pid;
    }

    private static int shell(String script) throws ErrnoException {
        return Posix.spawn(new SpawnRequest("/bin/sh", List.of("sh", "-c", script), List.of(), List.of()));
    }

    private static void awaitReaped(int pid) {
        while (Files.exists(Path.of("/proc", Integer.toString(pid)))) {
            Thread.onSpinWait();
        }
    }
}
