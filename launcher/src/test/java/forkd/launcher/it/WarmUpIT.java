package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handler goes through before it serves. */
@Timeout(120)
class WarmUpIT {
    private static final String LATE = WarmedHandler.class.getName() + "$Late";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool"})
    void theClientsOfTheWarmUpSendTheFile(String model) throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "from the file\n");
        try (ForkdServer server =
                ForkdServer.serve(options(model, "--warm-up", "2", "--warm-up-input", input.toString()))) {
            assertEquals("from the file", EchoIT.nc("from a client", "127.0.0.1", server.port()));
        }
    }

    @Test
    void listedClassesAreInitialisedBeforeTheFork() throws Exception {
        Path classes =
                Files.writeString(folder.resolve("classes"), "# one\n\n  " + LATE + " # and why\njava.util.BitSet\n");
        try (ForkdServer server = ForkdServer.serve(options("fork", "--warm-up-classes", classes.toString()))) {
            assertEquals(late(server), late(server));
        }
        try (ForkdServer server = ForkdServer.serve(options("fork"))) {
            assertNotEquals(late(server), late(server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool"})
    void aClassThatIsNotThereIsNamedWithItsLine(String model) throws Exception {
        Path classes = Files.writeString(folder.resolve("classes"), "java.util.BitSet\ncom.example.Missing\n");
        fails(
                "--warm-up-classes " + classes + ":2: com.example.Missing: there is no such class in the class path",
                options(model, "--warm-up-classes", classes.toString()));
    }

    @Test
    void aHandlerThatFailsInAConnectionOfTheWarmUpIsOneLineBesideItsTrace() throws Exception {
        try (ForkdServer server = ForkdServer.launch(
                "-l",
                "127.0.0.1:0",
                "--model",
                "fork",
                "--warm-up",
                "1",
                "--handler",
                FailingHandler.class.getName(),
                "-cp",
                EchoIT.testClasses())) {
            assertEquals(1, server.exitCode());
            assertEquals(
                    "forkd: handler " + FailingHandler.class.getName()
                            + ": it failed while it was warmed up: see the trace above",
                    server.log().get(server.log().size() - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--warm-up-input", "--warm-up-classes"})
    void aFileThatIsNotThereIsNamed(String option) throws Exception {
        Path missing = folder.resolve("missing");
        fails(option + " " + missing + ": ", options("fork", "--warm-up", "1", option, missing.toString()));
    }

    private static String late(ForkdServer server) throws Exception {
        return EchoIT.nc("late\n", "127.0.0.1", server.port());
    }

    private static void fails(String message, String... options) throws Exception {
        try (ForkdServer server = ForkdServer.launch(options)) {
            assertEquals(1, server.exitCode());
            assertTrue(
                    server.log().stream().anyMatch(line -> line.startsWith("forkd: ") && line.contains(message)),
                    () -> "" + server.log());
            assertTrue(server.log().stream().noneMatch(line -> line.contains("\tat ")), () -> "" + server.log());
        }
    }

    private static String[] options(String model, String... more) {
        String[] options = {
            "-l",
            "127.0.0.1:0",
            "--model",
            model,
            "--handler",
            WarmedHandler.class.getName(),
            "-cp",
            EchoIT.testClasses()
        };
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return all;
    }
}
