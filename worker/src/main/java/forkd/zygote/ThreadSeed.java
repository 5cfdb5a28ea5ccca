package forkd.zygote;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The state of {@link java.util.concurrent.ThreadLocalRandom} in each thread.
 *
 * <p>The handles are constants, so that the compiler turns them into plain loads and stores. Others have the VM check the class of each
 * object, and a worker that has just been forked pays for every page of the VM's code and data that it is the first to touch.
 */
final class ThreadSeed {
    private static final VarHandle SEED;
    private static final VarHandle PROBE;

    static {
        try {
            MethodHandles.Lookup inThread = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            SEED = inThread.findVarHandle(Thread.class, "threadLocalRandomSeed", long.class);
            PROBE = inThread.findVarHandle(Thread.class, "threadLocalRandomProbe", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ThreadSeed() {}

    /** Whether it goes on from a seed of its own. One that has not drawn gets its seed from the seeder when it does. */
    static boolean hasDrawn(Thread thread) {
        return (int) PROBE.get(thread) != 0;
    }

    /** It goes on from this seed. */
    static void renew(Thread thread, long seed) {
        SEED.set(thread, seed);
    }
}
