package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;

/** Fills the eden with garbage, all but some KiB, and says how much it was. */
public final class LitteringHandler implements ConnectionHandler {
    /** The system property with that number. */
    static final String LEFT = "forkd.test.left";

    private static final int KIBIBYTE = 1024;
    private static final MemoryPoolMXBean EDEN = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().contains("Eden"))
            .findAny()
            .orElseThrow();

    @Override
    public void handle(Connection connection) throws IOException {
        long most = Long.getLong(LEFT) * KIBIBYTE;
        int made = 0;
        while (left() > most) {
            made += new byte[KIBIBYTE].length;
        }
        connection.output().write(("made " + made + " bytes of it").getBytes(StandardCharsets.US_ASCII));
    }

    private static long left() {
        MemoryUsage usage = EDEN.getUsage();
        return usage.getCommitted() - usage.getUsed();
    }
}
