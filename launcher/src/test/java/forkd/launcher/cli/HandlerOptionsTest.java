package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParameterException;

/** Which Java code serves. */
class HandlerOptionsTest {
    @TempDir
    private Path folder;

    @Test
    void withoutOptionsItIsTheEcho() throws IOException {
        HandlerOptions options = parse();

        assertEquals(ServedHandler.handler("echo", List.of(), List.of()), options.find());
        assertFalse(options.isGiven());
    }

    @Test
    void aProgramIsNamedByItsClass() throws IOException {
        ServedHandler served = parse("--main", Forkd.class.getName()).find();

        assertEquals("main", served.kind());
        assertEquals("forkd.launcher.cli.Forkd", served.label());
        assertEquals("main:forkd.launcher.cli.Forkd", served.name());
    }

    @Test
    void theClassPathBecomesAbsolute() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(folder);

        ServedHandler served = parse("-cp", relative + ":" + folder).find();

        assertEquals(2, served.classPath().size());
        assertTrue(served.classPath().get(0).isAbsolute());
        assertEquals(folder, served.classPath().get(1));
    }

    @ParameterizedTest
    @CsvSource({"--handler, echo", "--main, Main", "-cp, /tmp", "-J, -Xmx64m"})
    void anyOfThemIsForHandlers(String option, String value) {
        assertTrue(parse(option, value).isGiven());
    }

    @Test
    void aHandlerAndAProgramExcludeEachOther() {
        HandlerOptions options = parse("--handler", "echo", "--main", "Main");

        Mixins.assertUsage("--handler and --main exclude each other", options::find);
    }

    @Test
    void aClassPathThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.jar");

        Mixins.assertUsage("--classpath: " + missing + " cannot be read", parse("-cp", missing.toString())::find);
    }

    @Test
    void anUnknownHandlerIsNamed() {
        String message = assertThrows(ParameterException.class, parse("--handler", "ecko")::find)
                .getMessage();

        assertTrue(message.startsWith("unknown handler ecko"), message);
    }

    @Test
    void anOptionThatTheJvmRefusesIsShownWithItsWords() {
        String message = assertThrows(ParameterException.class, parse("-J", "-XX:+NoSuchOption")::find)
                .getMessage();

        assertTrue(message.startsWith("--java-option: the JVM refuses it: "), message);
        assertTrue(message.contains("NoSuchOption"), message);
    }

    private static HandlerOptions parse(String... arguments) {
        return Mixins.parse(new HandlerOptions(), arguments);
    }
}
