package forkd.launcher.bench.server;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A server in a session of its own, below timeout(1), so that it ends even if the benchmark is killed. Closing it ends it, and
 * whatever of it is left after that.
 */
public final class RunningServer implements AutoCloseable {
    private static final Pattern STEM = Pattern.compile("stem pid=(\\d+)");
    private static final byte[] PING = ("x".repeat(63) + "\n").getBytes(StandardCharsets.US_ASCII);
    /** A handler's warm-up takes its time. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PATIENCE_WITH_PEERS = Duration.ofSeconds(10);
    private static final int READ_MILLIS = 60_000;
    private static final int LOWEST_PORT = 15_000;
    private static final int HIGHEST_PORT = 32_000;
    private static final long STOP_SECONDS = 10;

    private final ServerKind kind;
    private final int port;
    private final Path log;
    private final long started;
    private final Process process;
    private long firstByteNanos;

    private RunningServer(ServerKind kind, Path logs, String limitSeconds) throws IOException {
        this.kind = kind;
        this.port = freePort();
        this.log = Files.createDirectories(logs).resolve(kind.id() + ".log");
        List<String> command = new ArrayList<>(List.of("setsid", "timeout", "--foreground", "-k", "5", limitSeconds));
        command.addAll(kind.command().of(port));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        this.started = System.nanoTime();
        this.process = builder.start();
        process.getOutputStream().close();
    }

    /** Starts it and waits until it has answered. */
    public static RunningServer start(ServerKind kind, Path logs, String limitSeconds)
            throws IOException, InterruptedException {
        RunningServer server = new RunningServer(kind, logs, limitSeconds);
        Runtime.getRuntime().addShutdownHook(new Thread(server::kill, "end " + kind.id()));
        try {
            server.awaitAnswer();
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Below the range that the kernel takes ports from, ip_local_port_range of ip(7): who connects again and again to a port of that
     * range that nobody listens on is connected to himself at last.
     */
    private static int freePort() throws IOException {
        int port = 0;
        while (port == 0) {
            port = ifFree(ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT));
        }
        return port;
    }

    /** The port, or 0 if somebody has it. */
    private static int ifFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (BindException e) {
            return 0;
        }
    }

    /** Talks with it again and again until it has answered; a refused connection is not there yet. */
    private void awaitAnswer() throws IOException, InterruptedException {
        Duration patience = kind.program().endsWith("forkd") ? PATIENCE : PATIENCE_WITH_PEERS;
        while (!answers()) {
            if (!process.isAlive()) {
                throw new IOException(kind.id() + " has ended before it served: " + tail());
            }
            if (System.nanoTime() - started > patience.toNanos()) {
                throw new IOException(kind.id() + " has answered no client that shuts its side down within "
                        + patience.toSeconds() + " s: " + tail());
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Any answer to 64 bytes will do, even an end: some servers want other input. */
    private boolean answers() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(READ_MILLIS);
            socket.getOutputStream().write(PING);
            socket.shutdownOutput();
            boolean answered = socket.getInputStream().read() >= 0;
            firstByteNanos = System.nanoTime() - started;
            return answered;
        } catch (ConnectException e) {
            return false;
        }
    }

    /** From the start of the command to the first answered byte. */
    public long firstByteNanos() {
        return firstByteNanos;
    }

    /** What it is. */
    public ServerKind kind() {
        return kind;
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The server itself, the only child of timeout(1). */
    public ProcessHandle main() throws IOException {
        Optional<ProcessHandle> child = process.toHandle().children().findFirst();
        if (child.isEmpty()) {
            throw new IOException(kind.id() + " has ended: " + tail());
        }
        return child.get();
    }

    /** The process that forks: of forkd the stem, which its log names, of others the server itself. */
    public long forking() throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            Optional<Long> stem = lines.map(STEM::matcher)
                    .filter(Matcher::lookingAt)
                    .map(found -> Long.parseLong(found.group(1)))
                    .reduce((first, last) -> last);
            return stem.isPresent() ? stem.get() : main().pid();
        }
    }

    /** The pids of all its processes. */
    public LongStream pids() {
        return process.descendants().mapToLong(ProcessHandle::pid);
    }

    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }

    /** Ends it with SIGTERM, which timeout(1) passes on, and kills what is left. */
    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        all.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    }

    /** For the end of the benchmark in the midst of everything. */
    private void kill() {
        if (process.isAlive()) {
            List<ProcessHandle> all = process.descendants().toList();
            all.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
