package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real thread and real pipes; the test plays the accept loop, the reaper and the workers. */
@Timeout(60)
class WorkerLogsTest {
    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
    private WorkerLogs logs;

    @BeforeEach
    void start() throws ErrnoException {
        logs = new WorkerLogs((id, pid, text, more) -> log.add(id + "/" + pid + " " + text + (more ? "+" : "")));
    }

    @AfterEach
    void stop() {
        logs.close();
    }

    @Test
    void aLineHasItsConnectionAndItsWorker() throws Exception {
        try (Fd seven = worker(7, 70);
                Fd eight = worker(8, 80)) {
            write(seven, "to");
            write(eight, "other\n");
            assertEquals("8/80 other", next());
            write(seven, "gether\n");
            assertEquals("7/70 together", next());
        }
    }

    @Test
    void theLinesOfAWorkerComeBeforeItsEnd() throws Exception {
        for (int id = 1; id <= 200; id++) {
            try (Fd worker = worker(id, id)) {
                write(worker, "a\nb\nc");
            }
            String end = "end " + id;
            logs.ended(id, id, () -> log.add(end));
            assertEquals(
                    List.of(id + "/" + id + " a", id + "/" + id + " b", id + "/" + id + " c", end),
                    List.of(next(), next(), next(), next()));
        }
    }

    @Test
    void aSilentWorkersEndIsToldAtOnce() throws Exception {
        worker(7, 70).close();

        logs.ended(7, 70, () -> log.add("end"));

        assertEquals("end", log.poll());
    }

    @Test
    void theEndOfAWorkerThatWasNeverWatchedIsToldTooWithItsLines() throws Exception {
        try (Fd worker = Posix.duplicate(logs.open(7).number())) {
            write(worker, "early");
        }
        logs.ended(7, 70, () -> log.add("end"));
        logs.started(7, 70);

        assertEquals(List.of("7/70 early", "end"), List.of(next(), next()));
    }

    @Test
    void aWorkerWithoutAPipeEnds() {
        logs.ended(9, 90, () -> log.add("end"));

        assertEquals("end", log.poll());
    }

    @Test
    void whatAWorkerLeavesBehindIsLoggedAfterItsEnd() throws Exception {
        try (Fd left = worker(7, 70)) {
            write(left, "mine");
            logs.ended(7, 70, () -> log.add("end"));
            assertEquals(List.of("7/70 mine", "end"), List.of(next(), next()));
            write(left, "late\n");
            assertEquals("7/70 late", next());
        }
    }

    @Test
    void whoFloodsKeepsNobodyFromBeingHeardAndItsEndIsTold() throws Exception {
        Fd flood = worker(7, 70);
        try (Fd other = worker(8, 80)) {
            AtomicBoolean enough = new AtomicBoolean();
            Thread writer = new Thread(() -> flood(flood, enough), "flood");
            writer.start();
            for (int i = 0; i < 100; i++) {
                write(other, i + "\n");
                String expected = "8/80 " + i;
                for (String line = next(); !line.equals(expected); line = next()) {
                    assertTrue(line.startsWith("7/70 "), line);
                }
            }
            enough.set(true);
            writer.join();
            flood.close();
            logs.ended(7, 70, () -> log.add("end"));
            for (String line = next(); !line.equals("end"); line = next()) {
                assertEquals("7/70 ", line);
            }
        }
    }

    private static void flood(Fd to, AtomicBoolean enough) {
        byte[] lines = "\n".repeat(512).getBytes(StandardCharsets.US_ASCII);
        try {
            while (!enough.get()) {
                Posix.write(to, lines, 0, lines.length);
            }
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void descriptorsAreGivenBackOnEveryWay() throws Exception {
        Set<String> before = Set.copyOf(pipes());
        for (int id = 1; id <= 300; id++) {
            worker(id, id).close();
            logs.ended(id, id, () -> log.add("end"));
            next();
        }
        logs.open(1000);
        logs.failed(1000);
        for (int id = 2000; id < 2300; id++) { // more than may be left behind
            Fd left = worker(id, id);
            logs.ended(id, id, () -> log.add("end"));
            next();
            left.close();
        }
        logs.close();
        assertEquals(List.of(), madeSince(before));
        start();
    }

    @Test
    void ofACrowdOnlyTheReadingEndsAreHeldAndAllIsTold() throws Exception {
        for (int id = 1; id <= WorkerLogs.HELD_ENDS; id++) {
            worker(id, id).close();
        }
        Set<String> before = Set.copyOf(pipes());
        Fd late = worker(1000, 1);
        assertEquals(2, madeSince(before).size(), "its reading end, and the worker's own");
        write(late, "one\nlast");
        assertEquals("1000/1 one", next());
        late.close();

        logs.ended(1000, 1, () -> log.add("end"));

        assertEquals(List.of("1000/1 last", "end"), List.of(next(), next()));
        assertEquals(List.of(), madeSince(before));
    }

    private static List<String> madeSince(Set<String> before) throws IOException {
        return pipes().stream().filter(pipe -> !before.contains(pipe)).collect(Collectors.toList());
    }

    /** Of each descriptor that is a pipe's, which. Not how many descriptors there are: the collector may close some. */
    private static List<String> pipes() throws IOException {
        List<String> pipes = new ArrayList<>();
        for (String number : new File("/proc/self/fd").list()) {
            try {
                String link =
                        Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                if (link.startsWith("pipe:")) {
                    pipes.add(link);
                }
            } catch (NoSuchFileException e) {
                // the listing's own descriptor
            }
        }
        return pipes;
    }

    /** The descriptor 2 of a worker, as a process of its own would have it. */
    private Fd worker(long id, int pid) throws ErrnoException {
        Fd copy = Posix.duplicate(logs.open(id).number());
        logs.started(id, pid);
        return copy;
    }

    private static void write(Fd to, String text) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Posix.write(to, bytes, 0, bytes.length);
    }

    private String next() throws InterruptedException {
        String line = log.poll(30, TimeUnit.SECONDS);
        assertTrue(line != null, "nothing was logged");
        return line;
    }
}
