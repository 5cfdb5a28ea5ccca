package forkd.launcher.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Connections that are all open at once. Each has been answered; closing this closes them. */
public final class HeldLoad implements AutoCloseable {
    private static final double SECOND = 1e9;

    private final Process process;
    private final BufferedReader output;
    private final int count;
    private final String failure;

    private HeldLoad(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.US_ASCII);
        Map<String, String> line = line();
        this.count = (int) LoadOutput.number(line, "held");
        this.failure = LoadOutput.number(line, "failed") == 0
                ? ""
                : line.get("failed") + " failed: " + line.get("step") + ", errno " + line.get("errno");
    }

    static HeldLoad start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new HeldLoad(process);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** How many are held. */
    public int count() {
        return count;
    }

    /** What went wrong; empty if nothing. */
    public String failure() {
        return failure;
    }

    /** Speaks on all of them at once; the seconds until all have answered. */
    public double speak() throws IOException {
        process.getOutputStream().write("speak\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        Map<String, String> line = line();
        if (LoadOutput.number(line, "spoke") != count) {
            throw new IOException("of " + count + " held connections answered " + line.get("spoke"));
        }
        return LoadOutput.number(line, "nanos") / SECOND;
    }

    private Map<String, String> line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the load generator has ended");
        }
        return LoadOutput.fields(line);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }
}
