package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZygoteJvmTest {
    @TempDir
    private Path folder;

    private List<String> argv(String... userOptions) {
        return ZygoteJvm.command(
                        "echo",
                        WarmUpPlan.of(1),
                        List.of(),
                        folder,
                        List.of(userOptions),
                        WorkerEnvironment.plain(Map.of()))
                .argv();
    }

    @Test
    void anArchiveThatIsThereIsUsedUnlessTheUserNamesAnother() throws IOException {
        String ours = WorkerJvm.useArchive(Files.createFile(WorkerJvm.archive(folder, ZygoteJvm.ARCHIVE)));
        String theirs = WorkerJvm.useArchive(Path.of("/their.archive"));

        List<String> argv = argv(theirs);

        assertTrue(argv.contains(ours), argv.toString());
        assertTrue(argv.indexOf(ours) < argv.indexOf(theirs), argv.toString());
    }

    @Test
    void anArchiveThatIsMissingIsNotNamed() {
        List<String> argv = argv();

        assertFalse(argv.stream().anyMatch(option -> option.contains(folder.toString())), argv.toString());
    }
}
