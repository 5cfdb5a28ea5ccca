package forkd.launcher.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs the machine's own commands: nc, ps, kill. */
final class Commands {
    /**
     * What a command did.
     *
     * @param exit its status
     * @param output standard output and error
     */
    record Result(int exit, String output) {}

    private Commands() {}

    static Result run(String... command) throws IOException, InterruptedException {
        return runWithInput("", command);
    }

    /** Gives the command some input, closes it, and waits for the end. */
    static Result runWithInput(String input, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        ForkdServer.environment(builder.environment());
        Process process = builder.start();
        try {
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
        } catch (IOException e) {
            // The command did not want its input; what it printed tells why.
            process.getOutputStream();
        }
        try (InputStream out = process.getInputStream()) {
            String output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(ForkdServer.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(String.join(" ", command) + " does not end: " + output);
            }
            return new Result(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }
}
