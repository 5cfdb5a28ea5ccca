package forkd.worker.handler;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a worker does with memory; each says whether it worked. */
final class MemoryChecks {
    private static final int MEGABYTE = 1 << 20;
    private static final long WAIT_SECONDS = 10;

    private MemoryChecks() {}

    static boolean collects() {
        System.gc();
        return true;
    }

    static boolean allocates() {
        long size = 0;
        long enough = 4 * Runtime.getRuntime().totalMemory();
        while (size < enough) {
            size += new byte[MEGABYTE].length;
        }
        return true;
    }

    static boolean survivesOutOfMemory() {
        List<long[]> hoard = new ArrayList<>();
        try {
            while (hoard.size() < Integer.MAX_VALUE) {
                hoard.add(new long[Integer.MAX_VALUE - 8]);
            }
            return false;
        } catch (OutOfMemoryError e) {
            hoard.clear();
            return allocates();
        }
    }

    static boolean survivesStackOverflow() {
        try {
            return descend(Integer.MAX_VALUE) < 0;
        } catch (StackOverflowError e) {
            return true;
        }
    }

    private static int descend(int depth) {
        return depth == 0 ? 0 : 1 + descend(depth - 1);
    }

    static boolean cleans() throws InterruptedException {
        CountDownLatch cleaned = new CountDownLatch(1);
        register(Cleaner.create(), cleaned);
        for (int i = 0; i < 100 && cleaned.getCount() > 0; i++) {
            System.gc();
            if (cleaned.await(TimeUnit.SECONDS.toMillis(WAIT_SECONDS) / 100, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private static void register(Cleaner cleaner, CountDownLatch cleaned) {
        cleaner.register(new Object(), cleaned::countDown);
    }

    static boolean freesDirectBuffers() {
        long size = 0;
        // More than may be open at once (-XX:MaxDirectMemorySize): it goes on when the reference handler has freed
        // some.
        while (size < 256L * MEGABYTE) {
            size += ByteBuffer.allocateDirect(MEGABYTE).capacity();
        }
        return true;
    }
}
