package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Tells the first line that this process has ever been sent, or when a class of its own was initialised. */
public final class WarmedHandler implements ConnectionHandler {
    private static String first;

    /** Which no warm-up needs. */
    static final class Late {
        static final long MADE = System.nanoTime();

        private Late() {}
    }

    @Override
    public void handle(Connection connection) throws IOException {
        String line = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8)).readLine();
        if (first == null) {
            first = line;
        }
        String answer = line.equals("late") ? Long.toString(Late.MADE) : first;
        connection.output().write(answer.getBytes(StandardCharsets.UTF_8));
    }
}
