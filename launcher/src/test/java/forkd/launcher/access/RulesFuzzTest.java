package forkd.launcher.access;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Replays the corpus, findings of earlier runs included. */
class RulesFuzzTest {
    private static final Path CORPUS = Path.of("src/test/resources/forkd/launcher/access/RulesFuzz");

    @Test
    void everyInputOfTheCorpusIsReadOrRefused() throws Exception {
        try (Stream<Path> files = Files.list(CORPUS)) {
            List<Path> inputs = files.toList();
            assertTrue(inputs.size() > 10, () -> "a corpus of " + inputs.size());
            for (Path input : inputs) {
                RulesFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
            }
        }
    }
}
