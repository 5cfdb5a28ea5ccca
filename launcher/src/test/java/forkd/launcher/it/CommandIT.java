package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command itself, as it stands in {@code launcher/bin}. */
@Timeout(120)
class CommandIT {
    @Test
    void theVersionNamesForkdAndTheJvm() throws Exception {
        Commands.Result result = Commands.run(ForkdServer.executable(), "--version");
        assertEquals(0, result.exit());
        List<String> lines = result.output().lines().toList();
        assertEquals(2, lines.size(), result.output());
        assertTrue(lines.get(0).matches("forkd \\d+\\.\\d+.*"), result.output());
        assertTrue(lines.get(1).contains(Runtime.version().toString()), result.output());
    }

    @Test
    void helpExplainsEveryOptionOfServe() throws Exception {
        Commands.Result result = Commands.run(ForkdServer.executable(), "serve", "--help");
        assertEquals(0, result.exit());
        for (String word :
                List.of("--listen", "--model", "--handler", "--classpath", "--backlog", "Examples:", "111")) {
            assertTrue(result.output().contains(word), result.output());
        }
    }

    @Test
    void itRunsThroughASymbolicLinkFromAnywhere(@TempDir Path folder) throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("forkd"), Path.of(ForkdServer.executable()));
        assertEquals(
                0, Commands.run("sh", "-c", "cd / && " + link + " --version").exit());
    }

    @Test
    void startUpArchivesAreThereForThisJdk() throws Exception {
        Commands.run(ForkdServer.executable(), "--version");
        try (var files = Files.walk(Checkout.resolve("target/forkd/archives"))) {
            String ending = Runtime.version().feature() >= 25 ? ".aot" : ".jsa";
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .sorted()
                    .toList();
            assertTrue(
                    names.containsAll(Stream.of("launcher", "pool", "worker", "zygote")
                            .map(name -> name + ending)
                            .toList()),
                    () -> "" + names);
        }
    }

    @Test
    void aClosedStandardInputDoesNotBreakTheDescriptors() throws Exception {
        Commands.Result result = Commands.run("sh", "-c", "exec " + ForkdServer.executable() + " --version <&-");
        assertEquals(0, result.exit(), result.output());
    }
}
