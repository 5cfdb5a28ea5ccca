package forkd.launcher.it.conformance;

import java.lang.ref.Cleaner;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Heap, garbage and stacks. */
final class Memory {
    private static final int MEGABYTE = 1 << 20;

    private static volatile Object sink;

    private Memory() {}

    public static void allocatesPastTheHeapManyTimesOver() {
        long heap = Runtime.getRuntime().maxMemory();
        Check.that(heap <= 64 * MEGABYTE, "the option -Xmx64m has not arrived: " + heap);
        List<byte[]> kept = new ArrayList<>();
        long allocated = 0;
        for (int i = 0; allocated < 10 * heap; i++) {
            byte[] block = new byte[8192];
            sink = block;
            if (i % 50 == 0 && kept.size() < 500) {
                kept.add(block); // grows old
            }
            allocated += block.length;
        }
        Check.equal(500, kept.size());
    }

    public static void systemGc() {
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        System.gc();
        Check.that(garbage.get() == null, "an object that nobody knows has survived");
    }

    public static void outOfMemoryErrorIsThrownAndSurvived() {
        for (int i = 0; i < 3; i++) {
            List<byte[]> all = new ArrayList<>();
            try {
                while (all.size() < 1000) {
                    all.add(new byte[MEGABYTE]);
                }
                throw new AssertionError("no OutOfMemoryError");
            } catch (OutOfMemoryError e) {
                all.clear();
            }
        }
        sink = new byte[8 * MEGABYTE];
        Check.that(sink != null, "memory is short afterwards");
    }

    public static void stackOverflowErrorOnTheMainThread() {
        overflow();
        overflow();
    }

    public static void stackOverflowErrorOnANewThread() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            Threads.run(Memory::overflow);
        }
    }

    public static void deepRecursion() {
        Check.equal(5000, depth(5000));
    }

    public static void cleanersMadeInTheWorker() throws InterruptedException {
        cleans(Cleaner.create());
    }

    public static void cleanersMadeBeforeTheFork() throws InterruptedException {
        cleans(BeforeTheFork.CLEANER);
    }

    public static void directBuffersAreFreed() {
        for (int i = 0; i < 400; i++) { // of which some 64 MB may be there at once
            sink = ByteBuffer.allocateDirect(MEGABYTE);
        }
    }

    public static void largeNativeBlocksFromBeforeTheForkGrow() throws ReflectiveOperationException {
        NativeBlock block = BeforeTheFork.BLOCK;
        long before = 48 * MEGABYTE;
        block.grow(3 * before);
        Check.equal((byte) 7, block.get(before - 1));
        block.fill(before, (byte) 9);
        Check.equal((byte) 7, block.get(0));
        Check.equal((byte) 9, block.get(3 * before - 1));
    }

    public static void referenceQueues() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> weak = new WeakReference<>(new byte[9], queue);
        System.gc();
        Check.equal(weak, queue.remove(5000));
    }

    public static void softReferencesGoBeforeMemoryEnds() {
        SoftReference<byte[]> soft = new SoftReference<>(new byte[MEGABYTE]);
        outOfMemoryErrorIsThrownAndSurvived();
        Check.that(soft.get() == null, "a soft reference has outlived an OutOfMemoryError");
    }

    private static void cleans(Cleaner cleaner) throws InterruptedException {
        CountDownLatch cleaned = new CountDownLatch(1);
        cleaner.register(new byte[100], cleaned::countDown);
        System.gc();
        Check.that(cleaned.await(5, TimeUnit.SECONDS), "the cleaner has not run");
    }

    private static void overflow() {
        try {
            sink = depth(Integer.MAX_VALUE);
            throw new AssertionError("no StackOverflowError");
        } catch (StackOverflowError e) {
            sink = e;
        }
    }

    private static int depth(int wanted) {
        return wanted == 0 ? 0 : 1 + depth(wanted - 1);
    }
}
