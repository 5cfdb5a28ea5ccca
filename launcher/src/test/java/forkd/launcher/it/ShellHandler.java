package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Runs what the client says in a shell, line by line: a worker that somebody has taken over. */
public final class ShellHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Process shell = new ProcessBuilder("/bin/sh", "-c", line)
                    .redirectErrorStream(true)
                    .start();
            shell.getOutputStream().close();
            connection.output().write(shell.getInputStream().readAllBytes());
            connection.output().write("$\n".getBytes(StandardCharsets.UTF_8));
        }
    }
}
