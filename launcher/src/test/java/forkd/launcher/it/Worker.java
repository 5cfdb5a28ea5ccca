package forkd.launcher.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a running {@code contract.sh} was given by the server that has started it.
 *
 * @param descriptors all that are open, without the script itself, which its shell reads
 * @param environment with words in the place of what differs from run to run: CLIENT, SERVER, PID
 */
record Worker(Map<Integer, String> descriptors, Map<String, String> environment) {
    /** What the script writes to descriptor 2. */
    static final String MESSAGE = "to the log";

    static final Path SCRIPT = Path.of("src", "test", "scripts", "contract.sh").toAbsolutePath();

    /** Talks to the script over a connection and looks at its process meanwhile. */
    static Worker ask(Client client) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(client.input(), StandardCharsets.UTF_8));
        String line = in.readLine();
        long pid = Long.parseLong(line.equals(MESSAGE) ? in.readLine() : line); // xinetd sends the client both
        Map<Integer, String> descriptors = new TreeMap<>(Processes.descriptorsOf(pid));
        descriptors.values().removeIf(SCRIPT.toString()::equals);
        Map<String, String> environment = new TreeMap<>();
        String all = Files.readString(Path.of("/proc", Long.toString(pid), "environ"));
        for (String variable : all.split("\0", -1)) {
            if (variable.isEmpty()) {
                continue; // behind the last NUL
            }
            int at = variable.indexOf('=');
            environment.put(variable.substring(0, at), value(variable.substring(at + 1), client, pid));
        }
        client.output().write("now\n".getBytes(StandardCharsets.UTF_8));
        String bye = in.readLine();
        if (!bye.equals("bye now")) {
            throw new AssertionError("answered: " + bye);
        }
        return new Worker(descriptors, environment);
    }

    private static String value(String value, Client client, long pid) {
        if (client.port() > 0 && value.equals(Integer.toString(client.port()))) {
            return "CLIENT";
        }
        if (client.port() > 0 && value.equals(Integer.toString(client.serverPort()))) {
            return "SERVER";
        }
        return value.equals(Long.toString(pid)) ? "PID" : value;
    }
}
