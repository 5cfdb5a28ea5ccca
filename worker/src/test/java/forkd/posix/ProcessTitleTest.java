package forkd.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In JVMs of their own, since a title goes over the arguments of the whole process. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessTitleTest {
    private static final String NAME = "forkd: worker";
    private static final String TITLE = "forkd: worker 7 echo 127.0.0.1:53412";

    @Test
    void theTitleStandsInPlaceOfTheArguments() throws Exception {
        try (Titled jvm = new Titled(NAME, TITLE)) {
            assertEquals(TITLE, jvm.commandLine());
        }
    }

    @Test
    void theNameIsTheMainThreads() throws Exception {
        try (Titled jvm = new Titled(NAME, TITLE)) {
            assertEquals(NAME, jvm.comm());
        }
    }

    @Test
    void aLongNameIsCutAtFifteenBytes() throws Exception {
        try (Titled jvm = new Titled("a name of twenty-two b", TITLE)) {
            assertEquals("a name of twent", jvm.comm());
        }
    }

    @Test
    void aTitleInAnotherScriptIsWrittenInUtf8() throws Exception {
        try (Titled jvm = new Titled(NAME, "forkd: 日本")) {
            assertEquals("forkd: 日本", jvm.commandLine());
        }
    }

    @Test
    void aTitleThatDoesNotFitIsCutAndLeavesTheEnvironmentAlone() throws Exception {
        try (Titled jvm = new Titled(NAME, "x", 100_000)) {
            String shown = jvm.commandLine();

            assertTrue(shown.matches("x+"), shown);
            assertTrue(jvm.environment().contains("FORKD_TEST=kept"), "the environment was written over");
        }
    }

    /** A child JVM that has set its title. */
    private static final class Titled implements AutoCloseable {
        private final Process process;

        Titled(String name, String title) throws IOException, URISyntaxException {
            this(name, title, 1);
        }

        Titled(String name, String title, int times) throws IOException, URISyntaxException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"));
            command.add(place(ProcessTitle.class) + ":" + place(TitledJvm.class));
            command.add(TitledJvm.class.getName());
            command.addAll(List.of(name, URLEncoder.encode(title, UTF_8), Integer.toString(times)));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().clear();
            builder.environment().put("FORKD_TEST", "kept");
            process = builder.start();
            BufferedReader out = process.inputReader(UTF_8);
            assertEquals("titled", out.readLine());
        }

        String commandLine() throws IOException {
            return read("cmdline").replaceFirst("\0+$", "");
        }

        String comm() throws IOException {
            return read("comm").strip();
        }

        List<String> environment() throws IOException {
            return List.of(read("environ").split("\0", -1));
        }

        private String read(String file) throws IOException {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        }

        private static Path place(Class<?> type) throws URISyntaxException {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        }

        @Override
        public void close() throws IOException, InterruptedException {
            process.getOutputStream().close();
            process.waitFor();
        }
    }
}
