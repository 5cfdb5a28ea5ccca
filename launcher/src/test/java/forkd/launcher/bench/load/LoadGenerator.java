package forkd.launcher.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Drives a server with the generator in C, {@code src/test/c/load.c}. One run is one process of it. */
public final class LoadGenerator {
    /** A run gives up by itself; this ends it where even that fails. */
    private static final String LIMIT_SECONDS = "60";

    private static final String LONG_LIMIT_SECONDS = "240";

    private final Path program;

    /**
     * A generator.
     *
     * @param program the compiled one
     */
    public LoadGenerator(Path program) {
        this.program = program;
    }

    /** So many clients, each of which connects, talks, closes, and begins again. */
    public LoadResult closed(int port, int clients, double seconds) throws IOException, InterruptedException {
        return run("closed", word(port), word(clients), Double.toString(seconds));
    }

    /** The same with a text that the server answers with something that begins with these bytes, in hex. */
    public LoadResult jobs(int port, int clients, double seconds, Path text, String answer)
            throws IOException, InterruptedException {
        return run("-f", text.toString(), "-x", answer, "closed", word(port), word(clients), Double.toString(seconds));
    }

    /** So many arrivals a second, whatever the server does. */
    public LoadResult open(int port, double rate, double seconds) throws IOException, InterruptedException {
        return run("open", word(port), Double.toString(rate), Double.toString(seconds));
    }

    /** So many connections that send all the time and read it back. */
    public LoadResult bulk(int port, int clients, double seconds) throws IOException, InterruptedException {
        return run("bulk", word(port), word(clients), Double.toString(seconds));
    }

    /** Makes so many connections and holds them. */
    public HeldLoad hold(int port, int count) throws IOException {
        return HeldLoad.start(command(LONG_LIMIT_SECONDS, "hold", word(port), word(count)));
    }

    /** The closed loop by {@link NioLoad}. */
    public LoadResult java(String java, String classes, int port, int clients, double seconds)
            throws IOException, InterruptedException {
        return result(List.of(
                "timeout",
                "-k",
                "2",
                LIMIT_SECONDS,
                java,
                "-cp",
                classes,
                NioLoad.class.getName(),
                word(port),
                word(clients),
                Double.toString(seconds)));
    }

    private LoadResult run(String... arguments) throws IOException, InterruptedException {
        return result(command(LIMIT_SECONDS, arguments));
    }

    private static LoadResult result(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + exit);
            }
            return LoadOutput.parse(output);
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> command(String limit, String... arguments) {
        List<String> command = new ArrayList<>(List.of("timeout", "-k", "2", limit, program.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private static String word(int number) {
        return Integer.toString(number);
    }
}
