package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Fills the young generation with garbage, and has a thread that goes on to make objects till shortly before the split. Looks for them. */
public final class GrowingHandler implements ConnectionHandler, ForkHook {
    private static final int GARBAGE_BYTES = 100 << 20;
    private static final int BYTES = 8 << 10;
    private static final int MOST = 10_000;
    private static final int MANY = 200;
    private static final long TIME_NANOS = Duration.ofMillis(1500).toNanos();
    private static final long PAUSE_NANOS = 500_000;

    private static final List<byte[]> MADE = new ArrayList<>();

    @Override
    public void warmUp() {
        for (int made = 0; made < GARBAGE_BYTES; ) {
            made += new byte[BYTES].length;
        }
    }

    @Override
    public void beforeFork() {
        Thread maker = new Thread(GrowingHandler::make, "maker");
        maker.setDaemon(true);
        maker.start();
    }

    private static void make() {
        long start = System.nanoTime();
        while (MADE.size() < MOST && System.nanoTime() - start < TIME_NANOS) {
            byte[] bytes = new byte[BYTES];
            Arrays.fill(bytes, (byte) (MADE.size() | 1));
            MADE.add(bytes);
            long made = System.nanoTime();
            while (System.nanoTime() - made < PAUSE_NANOS) {
                Thread.onSpinWait(); // who sleeps is at rest
            }
        }
        LockSupport.park(); // at rest, so that the zygote can be split
    }

    @Override
    public void handle(Connection connection) throws IOException {
        int broken = 0;
        for (int i = 0; i < MADE.size(); i++) {
            byte[] bytes = MADE.get(i);
            for (byte one : bytes) {
                if (one != (byte) (i | 1)) {
                    broken++;
                    break;
                }
            }
        }
        String text = (MADE.size() > MANY ? "many" : "few") + " made, broken " + broken;
        connection.output().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
