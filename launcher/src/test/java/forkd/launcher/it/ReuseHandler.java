package forkd.launcher.it;

import forkd.posix.PlainSocket;
import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.zygote.ZygoteProtocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
            case "unknown", "short", "negative", "idle", "descriptors" -> {
                intrude(word);
                sleep();
            }
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

    /** What only a handler with native calls can do: speak to the launcher as its worker does. */
    private static void intrude(String word) throws IOException {
        PlainSocket queue = new PlainSocket(ZygoteProtocol.QUEUE_FD, ZygoteProtocol.SHORT_BYTES, 2);
        switch (word) {
            case "unknown" -> queue.send(report(99, 0));
            case "short" -> queue.send(new byte[] {ZygoteProtocol.IDLE});
            case "negative" -> queue.send(report(ZygoteProtocol.FAILED, -1));
            case "idle" -> queue.send(report(ZygoteProtocol.IDLE, 0));
            default -> queue.send(report(ZygoteProtocol.DONE, 0), new int[] {0, 1});
        }
    }

    private static byte[] report(int type, int textLength) {
        ByteBuffer report = ByteBuffer.allocate(ZygoteProtocol.SHORT_BYTES).order(ByteOrder.nativeOrder());
        report.put(ZygoteProtocol.TYPE, (byte) type);
        report.putInt(ZygoteProtocol.NUMBER, 1);
        report.putInt(ZygoteProtocol.TEXT_LENGTH, textLength);
        return report.array();
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
