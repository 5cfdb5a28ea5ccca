package forkd.launcher.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real haproxy in the foreground, with its log. */
final class Haproxy implements AutoCloseable {
    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    /** @param sections what stands in the configuration behind the defaults, which are for plain TCP */
    Haproxy(Path folder, String sections) throws IOException {
        Path config = Files.writeString(folder.resolve("haproxy.cfg"), """
                global
                  log stdout format raw local0
                defaults
                  mode tcp
                  log global
                  option log-health-checks
                  timeout connect 10s
                  timeout client 30s
                  timeout server 30s
                """ + sections);
        process = new ProcessBuilder("timeout", "--foreground", "120", "haproxy", "-db", "-f", config.toString())
                .redirectErrorStream(true)
                .start();
        reader = new Thread(this::read, "haproxy's log");
        reader.start();
    }

    private void read() {
        try (BufferedReader log = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }

    private void add(String line) {
        synchronized (lines) {
            lines.add(line);
            lines.notifyAll();
        }
    }

    /** Waits for a line that holds this. */
    void await(String part) throws InterruptedException {
        long deadline = System.nanoTime() + ForkdServer.PATIENCE.toNanos();
        synchronized (lines) {
            while (lines.stream().noneMatch(line -> line.contains(part))) {
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (ended || millis <= 0) {
                    throw new AssertionError("haproxy did not say '" + part + "': " + lines);
                }
                lines.wait(millis);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(ForkdServer.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        reader.join();
    }
}
