package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread from before the fork reads a file that counts, whose name the property {@code counting} is, number by number; a worker reads
 * on and tells whether each was the one after the last.
 */
public final class ReadingHandler implements ConnectionHandler {
    private static final long PAUSE_NANOS = 200_000;

    private DataInputStream numbers;
    private int next;
    private String wrong = "";

    @Override
    public void warmUp() throws IOException {
        numbers = new DataInputStream(new FileInputStream(System.getProperty("counting")));
        Thread reader = new Thread(this::readOnAndOn, "reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void readOnAndOn() {
        while (read()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Under a lock, so that no fork comes between the number and the count: its holder does not sleep. */
    private synchronized boolean read() {
        try {
            int number = numbers.readInt();
            if (number != next && wrong.isEmpty()) {
                wrong = number + " came instead of " + next;
            }
            next = number + 1;
            return wrong.isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void handle(Connection connection) throws IOException {
        boolean begun = next > 0;
        read();
        connection.output().write((begun + " " + wrong).getBytes(StandardCharsets.UTF_8));
    }
}
