package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Answers with the environment in every way in which a handler or its programs can see it. */
public final class EnvironmentHandler implements ConnectionHandler {
    /** Looked at before there is a connection, and kept. */
    private static final Map<String, String> EARLY = System.getenv();

    private static final Set<Map.Entry<String, String>> EARLY_ENTRIES =
            System.getenv().entrySet();
    private static String inWarmUp = "none";

    @Override
    public void warmUp() {
        inWarmUp = System.getenv("TCPREMOTEIP") + " of " + EARLY_ENTRIES.size();
    }

    @Override
    public void handle(Connection connection) throws IOException {
        StringBuilder answer = new StringBuilder();
        add(answer, "getenv", new TreeMap<>(System.getenv()));
        add(answer, "kept map", new TreeMap<>(EARLY));
        Map<String, String> entries = new TreeMap<>();
        EARLY_ENTRIES.forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        add(answer, "kept entries", entries);
        add(answer, "connection", new TreeMap<>(connection.variables()));
        add(answer, "program", environmentOf(new ProcessBuilder("/usr/bin/env")));
        ProcessBuilder changed = new ProcessBuilder("/usr/bin/env");
        changed.environment().remove("NOBODY_HAS_THIS"); // the library makes a copy of its map now
        add(answer, "program with a map", environmentOf(changed));
        add(answer, "unchanged", new TreeMap<>(System.getenv()));
        answer.append("one: ").append(System.getenv("TCPREMOTEPORT")).append('\n');
        answer.append("remote: ").append(connection.remote()).append('\n');
        answer.append("local: ").append(connection.local()).append('\n');
        answer.append("listener: ").append(connection.listener()).append('\n');
        answer.append("warm-up: ").append(inWarmUp).append('\n');
        connection.output().write(answer.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void add(StringBuilder answer, String name, Map<String, String> environment) {
        answer.append(name).append(": ").append(environment).append('\n');
    }

    private static Map<String, String> environmentOf(ProcessBuilder program) throws IOException {
        Process process = program.start();
        Map<String, String> environment = new TreeMap<>();
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> {
                    int at = line.indexOf('=');
                    environment.put(line.substring(0, at), line.substring(at + 1));
                });
        return environment;
    }
}
