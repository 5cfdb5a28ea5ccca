package forkd.zygote;

import forkd.posix.Entropy;
import forkd.posix.ErrnoException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The random state that {@link Randomness} has found. Made at once and as late as possible, so that what a worker reads here lies in one
 * place, among the newest objects. And a worker looks at as few others as can be: it pays for each page that it is the first to look at,
 * and a cast looks at the class of the object.
 */
final class RandomState {
    private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

    private final AtomicLong[] seeds;
    /** Those that a worker renews come first: all of them until {@link #settle}. */
    private final Thread[] threads;

    private final Thread[] virtualThreads;
    private int drawing;
    private int virtualDrawing;

    private final Seeders seeders = new Seeders();
    private final NativeGenerators nativeGenerators = new NativeGenerators();
    private final Entropy entropy;

    /** In the zygote, while other threads run. */
    RandomState(List<AtomicLong> seeds, Thread[] threads, Thread[] virtualThreads) throws ReflectiveOperationException {
        this.seeds = seeds.toArray(new AtomicLong[0]);
        this.threads = threads;
        this.virtualThreads = virtualThreads;
        drawing = threads.length;
        virtualDrawing = virtualThreads.length;
        entropy = new Entropy(this.seeds.length + threads.length + seeders.longs() + 1);
    }

    /**
     * What can be done once for all workers: in the zygote, when all other threads stand still. Allocates nothing, and loads nothing if it was
     * {@link #rehearseSettling rehearsed}. A thread that has not drawn gets its seed from one of the renewed seeds when it first does.
     */
    void settle() {
        drawing = moveDrawingToFront(threads);
        virtualDrawing = moveDrawingToFront(virtualThreads);
        nativeGenerators.forget();
    }

    /** The same, of which nothing is kept, while other threads run. */
    void rehearseSettling() {
        moveDrawingToFront(threads);
        moveDrawingToFront(virtualThreads);
        nativeGenerators.rehearseForgetting();
    }

    private static int moveDrawingToFront(Thread[] all) {
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            Thread thread = all[i];
            if (ThreadSeed.hasDrawn(thread)) {
                all[i] = all[count];
                all[count++] = thread;
            }
        }
        return count;
    }

    /** New seeds for everything; in the child, before any code of the user's. */
    void reseed() throws ErrnoException, ReflectiveOperationException {
        entropy.refill();
        int next = 0;
        for (int i = 0; i < seeds.length; i++) {
            seeds[i].set(entropy.get(next++));
        }
        for (int i = 0; i < drawing; i++) {
            ThreadSeed.renew(threads[i], entropy.get(next++));
        }
        long base = entropy.get(next++); // there may be a million of them, and this is no secret
        for (int i = 0; i < virtualDrawing; i++) {
            base += GOLDEN_RATIO;
            ThreadSeed.renew(virtualThreads[i], mixed(base));
        }
        seeders.reseed(entropy, next);
    }

    /** As SplittableRandom makes numbers of its states, which lie at even distances. */
    private static long mixed(long state) {
        long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
