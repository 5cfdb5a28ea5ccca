package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** Does what its client says, and counts how many it has served. */
public final class ReuseHandler implements ConnectionHandler {
    private static int served;
    private static volatile String leftover = "none";

    @Override
    public void handle(Connection connection) throws IOException {
        served++;
        String word = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8)).readLine();
        System.err.println("said " + word + " in " + connection.id());
        switch (word) {
            case "exit" -> System.exit(7);
            case "throw" -> throw new IllegalStateException("on purpose");
            case "thread" -> new Thread(ReuseHandler::sleep).start();
            case "reader" -> leave(connection);
            default -> {
                // only answers
            }
        }
        String answer = ProcessHandle.current().pid() + " " + served + " "
                + connection.variables().get("FORKD_CONNECTION_ID") + " "
                + connection.variables().get("TCPREMOTEPORT") + " " + leftover;
        if (word.equals("channel")) {
            connection.channel().write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        } else {
            connection.output().write(answer.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A thread that goes on reading what is not its own any more. */
    private static void leave(Connection connection) {
        Thread reader = new Thread(() -> {
            try {
                while (connection.input().read() >= 0) {
                    leftover = "read";
                }
                connection.input().read();
                leftover = "read more";
            } catch (IOException e) {
                leftover = "stopped";
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    private static void sleep() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
