package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A real {@code forkd serve}: started by its command in a session of its own, under timeout(1) as a hard limit, and ready
 * when it has said {@code listening}. Closing it stops it with SIGTERM and checks that it ends well.
 */
final class ForkdServer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** No server outlives its tests, whatever happens to them. */
    private static final String LIMIT_SECONDS = System.getProperty("forkd.test.limit", "300");

    /** Below the range that the kernel takes ports from: ip_local_port_range of ip(7). */
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(10_000);

    private static final Pattern LISTENING = Pattern.compile("listening addr=(\\S+) .*pid=(\\d+)( .*)?");
    private static final Pattern PORT = Pattern.compile(".*:(\\d+)");

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    private ForkdServer(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "timeout", "--foreground", "-k", "5", LIMIT_SECONDS));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        environment(builder.environment());
        process = builder.start();
        process.getOutputStream().close();
        reader = new Thread(this::read, "forkd's log");
        reader.start();
    }

    /** Starts {@code forkd serve} with these options and waits until it listens. */
    static ForkdServer serve(String... options) throws IOException, InterruptedException {
        ForkdServer server = launch(options);
        server.await("listening", line -> line.startsWith("listening "));
        return server;
    }

    /** Starts {@code forkd serve} with these options, which may well be wrong. */
    static ForkdServer launch(String... options) throws IOException {
        return launchUnder(List.of(), options);
    }

    /** Starts it by way of another command, such as prlimit(1). */
    static ForkdServer launchUnder(List<String> wrapper, String... options) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(executable());
        command.add("serve");
        command.addAll(Arrays.asList(options));
        return new ForkdServer(command);
    }

    static String executable() {
        return Checkout.resolve("bin/forkd").toString();
    }

    /** Runs under the JDK that runs the tests. */
    static void environment(Map<String, String> environment) {
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    }

    private void read() {
        try (BufferedReader log = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
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

    /** The first line that fits; waits for it. */
    String await(String what, Predicate<String> fits) throws InterruptedException {
        return await(what, fits, 1).get(0);
    }

    /** The first lines that fit; waits for them. */
    List<String> await(String what, Predicate<String> fits, int count) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<String> found = new ArrayList<>();
        int seen = 0;
        synchronized (lines) {
            while (true) {
                lines.subList(seen, lines.size()).stream().filter(fits).forEach(found::add);
                seen = lines.size();
                if (found.size() >= count) {
                    return found;
                }
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (ended || millis <= 0) {
                    String how = ended ? "ended" : "waited";
                    throw new AssertionError(how + " without " + count + " x " + what + ": " + tail());
                }
                lines.wait(millis);
            }
        }
    }

    private List<String> tail() {
        return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    }

    List<String> log() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** What it has said besides connections that were accepted and ended well. */
    String unusual() {
        return log().stream()
                .filter(line -> !line.matches("(accept|end .* exit=0) .*"))
                .collect(Collectors.joining("\n"));
    }

    /** The launcher's pid, from its own words: between it and us stands timeout(1). */
    long pid() {
        return Long.parseLong(listening(0).group(2));
    }

    String address(int index) {
        return listening(index).group(1);
    }

    int port() {
        return port(0);
    }

    int port(int index) {
        return portOf(listening(index));
    }

    /** Of the one listener of a service; services say in no certain order that they listen. */
    int port(String service) {
        return portOf(listening(line -> line.endsWith(" service=" + service), 0));
    }

    private static int portOf(Matcher listening) {
        Matcher matcher = PORT.matcher(listening.group(1));
        if (!matcher.matches()) {
            throw new AssertionError("no port in " + listening.group(1));
        }
        return Integer.parseInt(matcher.group(1));
    }

    private Matcher listening(int index) {
        return listening(line -> true, index);
    }

    private Matcher listening(Predicate<String> which, int index) {
        Matcher matcher = LISTENING.matcher(log().stream()
                .filter(line -> line.startsWith("listening "))
                .filter(which)
                .toList()
                .get(index));
        if (!matcher.matches()) {
            throw new AssertionError("not in the form of the contract: " + log());
        }
        return matcher;
    }

    /**
     * A client whose port no other client of this JVM had: tests find a connection in the log by its peer, and the kernel gives
     * a port to a second client as soon as the first has gone.
     */
    Socket connect() throws IOException {
        return connectFrom("127.0.0.1");
    }

    /** The same from another address of the loopback interface, which has all of 127.0.0.0/8. */
    Socket connectFrom(String address) throws IOException {
        return connectFrom(address, port());
    }

    /** The same to another port than that of the first listener. */
    Socket connectFrom(String address, int port) throws IOException {
        InetAddress source = InetAddress.getByName(address);
        while (true) {
            Socket socket = new Socket();
            try {
                socket.bind(new InetSocketAddress(
                        source, NEXT_PORT.getAndUpdate(last -> last < 30_000 ? last + 1 : 10_000)));
            } catch (BindException e) {
                socket.close(); // somebody has that port; the next one then
                continue;
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return socket;
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        boolean listening = log().stream().anyMatch(line -> line.startsWith("listening "));
        // It is the only child of timeout(1).
        long launcher = listening ? pid() : Processes.childrenOf(process.pid()).get(0);
        Commands.run("kill", "-" + name, Long.toString(launcher));
    }

    /** Waits for the end by itself, and the log's. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + log());
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            if (process.isAlive()) {
                signal("TERM");
                assertEquals(0, exitCode(), () -> "the server's exit: " + log());
            }
        } finally {
            if (process.isAlive()) {
                Commands.run("kill", "-KILL", Long.toString(pid()));
                process.waitFor();
            }
        }
    }
}
