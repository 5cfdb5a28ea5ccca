package forkd.launcher.freeze;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What /proc tells of processes and threads, proc(5). */
final class Processes {
    private Processes() {}

    /** The threads of a process, its first among them; none where there is no such process. */
    static List<Integer> threads(int pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.map(task -> Integer.parseInt(task.getFileName().toString()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            // It has ended while its threads were listed.
            if (Files.exists(Path.of("/proc/" + pid + "/task"))) {
                throw e.getCause();
            }
            return List.of();
        }
    }

    /** The name of a thread, at most 15 bytes; empty where it has ended. */
    static Optional<String> name(int pid, int tid) throws IOException {
        Path task = Path.of("/proc/" + pid + "/task/" + tid);
        try {
            return Optional.of(Files.readString(task.resolve("comm")).strip());
        } catch (IOException e) {
            // It can end before the file is opened (ENOENT) and before it is read (ESRCH).
            if (Files.exists(task)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
