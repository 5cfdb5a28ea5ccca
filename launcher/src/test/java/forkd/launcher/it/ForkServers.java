package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Servers of the model fork, and what tests ask of them. */
final class ForkServers {
    private ForkServers() {}

    /** Serves echo. */
    static ForkdServer echo(String... options) throws IOException, InterruptedException {
        return ForkdServer.serve(with(List.of("-l", "127.0.0.1:0", "--model", "fork"), options));
    }

    /** Serves a handler of the tests. */
    static ForkdServer serve(Class<? extends ConnectionHandler> handler, String... options)
            throws IOException, InterruptedException {
        return ForkdServer.serve(arguments(handler, options));
    }

    /** Starts to serve a handler of the tests, which may well not work. */
    static ForkdServer launch(Class<? extends ConnectionHandler> handler, String... options) throws IOException {
        return ForkdServer.launch(arguments(handler, options));
    }

    private static String[] arguments(Class<?> handler, String... options) {
        return with(
                List.of(
                        "-l",
                        "127.0.0.1:0",
                        "--model",
                        "fork",
                        "--handler",
                        handler.getName(),
                        "--classpath",
                        EchoIT.testClasses()),
                options);
    }

    /** Without spares, if not asked for. */
    private static String[] with(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        if (!Arrays.asList(more).contains("--spares")) {
            all.addAll(List.of("--spares", "0"));
        }
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    /** The pid of the newest stem. */
    static long stem(ForkdServer server) {
        List<String> stems =
                server.log().stream().filter(line -> line.startsWith("stem ")).toList();
        return Events.number(stems.get(stems.size() - 1), "pid");
    }

    /** Says one line and returns all that the worker answers. */
    static String ask(ForkdServer server, String line) throws IOException {
        try (Socket client = server.connect()) {
            return ask(client, line);
        }
    }

    static String ask(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        client.shutdownOutput();
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Says nothing and returns all that the worker answers. */
    static String listen(ForkdServer server) throws IOException {
        try (Socket client = server.connect()) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Waits for the end of so many workers; then the stem is the only child, and no child is a zombie. */
    static void onlyTheStemIsLeft(ForkdServer server, int workers) throws IOException, InterruptedException {
        server.await("end", line -> line.startsWith("end "), workers);
        assertEquals(List.of(stem(server)), Processes.childrenOf(server.pid()));
        assertEquals("forkd: stem", Processes.name(stem(server)));
        assertTrue(
                !Processes.status(stem(server), "State").startsWith("Z"), "the stem has ended and has not been reaped");
    }
}
