package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerJvmTest {
    @TempDir
    private Path folder;

    @Test
    void theWorkersJvmIsTheLaunchersOwn() {
        WorkerJvm jvm = WorkerJvm.of(List.of(), null, List.of());

        assertEquals(System.getProperty("java.home") + "/bin/java", jvm.executable());
    }

    @Test
    void theUsersClassPathFollowsTheWorkersOwn() {
        WorkerJvm jvm = WorkerJvm.of(List.of(Path.of("/a.jar"), Path.of("/b")), null, List.of());

        String classPath = last(jvm);
        assertTrue(classPath.endsWith(":/a.jar:/b"), classPath);
        assertTrue(Files.exists(Path.of(classPath.substring(0, classPath.indexOf(':')))), classPath);
    }

    @Test
    void withoutAUsersClassPathThereIsTheWorkersOnly() {
        assertTrue(Files.exists(Path.of(last(WorkerJvm.of(List.of(), null, List.of())))));
    }

    @Test
    void theUsersOptionsComeAfterOursAndSoWin() {
        List<String> options = WorkerJvm.of(List.of(), null, List.of("-Xmx64m")).options();

        int own = options.indexOf("-XX:+UseSerialGC");
        assertTrue(own >= 0 && own < options.indexOf("-Xmx64m"), options.toString());
    }

    @Test
    void theUsersCollectorReplacesOurs() {
        List<String> options =
                WorkerJvm.of(List.of(), null, List.of("-XX:+UseParallelGC")).options();

        assertEquals(
                List.of("-XX:+UseParallelGC"),
                options.stream().filter(option -> option.endsWith("GC")).toList());
    }

    @Test
    void anArchiveThatIsThereIsUsed() throws IOException {
        Path archive = Files.createFile(WorkerJvm.archive(folder, WorkerJvm.ARCHIVE));

        WorkerJvm jvm = WorkerJvm.of(List.of(), folder, List.of());

        assertTrue(jvm.options().contains(WorkerJvm.useArchive(archive)), jvm.toString());
    }

    @Test
    void anArchiveThatIsMissingIsNotNamed() {
        WorkerJvm jvm = WorkerJvm.of(List.of(), folder, List.of());

        assertFalse(jvm.options().stream().anyMatch(option -> option.contains(folder.toString())), jvm.toString());
    }

    private static String last(WorkerJvm jvm) {
        return jvm.options().get(jvm.options().size() - 1);
    }
}
