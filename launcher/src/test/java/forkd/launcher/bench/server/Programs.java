package forkd.launcher.bench.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The machine's programs: where they are, what they say. */
public final class Programs {
    private Programs() {}

    /** Looks in PATH, and where the daemons are. */
    public static Optional<Path> find(String name) {
        return Stream.concat(
                        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1)),
                        Stream.of("/usr/sbin", "/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** All that the command prints, standard error included; it has ended then. */
    public static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + exit + ": " + text.strip());
            }
            return text.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The version of the Debian package that the program came in; empty elsewhere. */
    public static Optional<String> packageVersion(Path program) throws InterruptedException {
        try {
            String owner =
                    output(List.of("dpkg-query", "-S", program.toRealPath().toString()));
            String name = owner.substring(0, owner.indexOf(": "));
            return Optional.of(name + " " + output(List.of("dpkg-query", "-W", "-f", "${Version}", name)));
        } catch (IOException e) {
            return Optional.empty(); // another kind of machine, or a program that no package brought
        }
    }
}
