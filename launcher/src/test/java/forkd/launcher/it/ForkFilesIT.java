package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are open when the stem is made. */
@Timeout(60)
class ForkFilesIT {
    private static final int NUMBERS = 1 << 18;

    /** Nobody needs a class of it before the fork: the first failing search opens it. */
    @Test
    void aWorkerHasAnOffsetOfItsOwnInEveryJar(@TempDir Path folder) throws Exception {
        Path jar = MadeJar.make(folder, 3);
        try (ForkdServer server = ForkServers.serve(LoadingHandler.class, "--classpath", jar.toString())) {
            long stem = ForkServers.stem(server);
            List<Integer> open = numbersOf(stem, jar);
            assertTrue(!open.isEmpty(), () -> "the jar is open in the stem");
            List<String> offsets = offsets(stem, open);
            try (Socket client = server.connect()) {
                client.getOutputStream().write("made.C1\n".getBytes(StandardCharsets.UTF_8));
                assertEquals(
                        "made.C1\n",
                        new String(client.getInputStream().readNBytes("made.C1\n".length()), StandardCharsets.UTF_8));
                long worker = WorkerProcessIT.worker(server, 1);
                assertEquals(open, numbersOf(worker, jar));
                assertEquals(offsets, offsets(stem, open), "what a worker reads moves the stem's offset");
                assertNotEquals(offsets, offsets(worker, open));
            }
        }
    }

    @Test
    void aFileThatAThreadReadsGoesOnWhereItWasAtTheFork(@TempDir Path folder) throws Exception {
        ByteBuffer counting = ByteBuffer.allocate(NUMBERS * Integer.BYTES);
        for (int i = 0; i < NUMBERS; i++) {
            counting.putInt(i);
        }
        Path file = Files.write(folder.resolve("counting"), counting.array());
        try (ForkdServer server = ForkServers.serve(ReadingHandler.class, "-J", "-Dcounting=" + file)) {
            for (int i = 0; i < 5; i++) {
                assertEquals("true ", ForkServers.listen(server));
            }
        }
    }

    @Test
    void aFileThatTheLastWarmUpOpenedIsReopenedToo(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("kept"), "abcdef");
        try (ForkdServer server = ForkServers.serve(KeepingHandler.class, "--warm-up", "2", "-J", "-Dkept=" + file)) {
            for (int i = 0; i < 3; i++) {
                assertEquals("a", ForkServers.listen(server));
            }
        }
    }

    private static List<Integer> numbersOf(long pid, Path file) throws IOException {
        return Processes.descriptorsOf(pid).entrySet().stream()
                .filter(entry -> entry.getValue().equals(file.toString()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> offsets(long pid, List<Integer> numbers) throws IOException {
        List<String> offsets = new ArrayList<>();
        for (int number : numbers) {
            offsets.add(Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/" + number)).stream()
                    .filter(line -> line.startsWith("pos:"))
                    .findFirst()
                    .orElseThrow());
        }
        return offsets;
    }
}
