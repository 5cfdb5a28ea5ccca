package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHook;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Fills the young generation with garbage, and has a thread that helps to fill it once more: when the zygote does that before its split. So the
 * collection is as often the other thread's as the zygote's. Of the serial collector.
 */
public final class RivalHandler implements ConnectionHandler, ForkHook {
    private static final int GARBAGE_BYTES = 200 << 20;
    private static final int BYTES = 8 << 10;

    private static final MemoryPoolMXBean EDEN = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().contains("Eden"))
            .findAny()
            .orElseThrow();

    @SuppressWarnings("unused") // what nobody can see the compiler does not make
    private static volatile byte[] garbage;

    @Override
    public void warmUp() {
        litter(GARBAGE_BYTES);
    }

    @Override
    public void beforeFork() {
        Thread rival = new Thread(RivalHandler::help, "rival");
        rival.setDaemon(true);
        rival.start();
    }

    private static void help() {
        awaitNext("MarkSweepCompact");
        GarbageCollectorMXBean young = collector("Copy");
        long before = young.getCollectionCount();
        while (young.getCollectionCount() == before) {
            if (EDEN.getUsage().getUsed() > EDEN.getUsage().getCommitted() / 2) {
                litter(BYTES);
            }
        }
        LockSupport.park(); // at rest, so that the zygote can be split
    }

    private static void awaitNext(String name) {
        GarbageCollectorMXBean collector = collector(name);
        long before = collector.getCollectionCount();
        while (collector.getCollectionCount() == before) {
            Thread.onSpinWait(); // who sleeps is at rest
        }
    }

    private static GarbageCollectorMXBean collector(String name) {
        List<GarbageCollectorMXBean> all = ManagementFactory.getGarbageCollectorMXBeans();
        return all.stream()
                .filter(collector -> collector.getName().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalStateException("no collector " + name + " in " + all));
    }

    private static void litter(int bytes) {
        for (int made = 0; made < bytes; made += BYTES) {
            garbage = new byte[BYTES];
        }
    }

    @Override
    public void handle(Connection connection) throws IOException {
        connection.output().write("served".getBytes(StandardCharsets.US_ASCII));
    }
}
