package forkd.worker;

import java.util.ArrayList;
import java.util.List;

/**
 * The registered hooks, strongly held. The order is that of org.crac: before the fork the last registered goes first, after
 * it the first; every hook is called even if another has failed, and the first failure carries the others.
 */
public final class ForkHooks {
    private static final List<ForkHook> HOOKS = new ArrayList<>();

    private ForkHooks() {}

    /** Adds a hook; in the zygote, from the handler's constructor or its warm-up. Any thread. */
    public static synchronized void register(ForkHook hook) {
        HOOKS.add(hook);
    }

    /** Whether there are none. */
    public static synchronized boolean isEmpty() {
        return HOOKS.isEmpty();
    }

    /** Called by the zygote, once. Throws an error of a hook's as it throws an exception. */
    public static synchronized void runBeforeFork() throws Exception {
        Throwable failure = null;
        for (int i = HOOKS.size() - 1; i >= 0; i--) {
            try {
                HOOKS.get(i).beforeFork();
            } catch (Exception | Error e) { // a class that is missing is no reason to skip the others
                failure = join(failure, e);
            }
        }
        fail(failure);
    }

    /**
     * Called by each worker, once. It takes no lock, since all hooks have been registered before the fork: one that nobody holds would
     * be a write to the memory of this class and of the thread, and a copy of both.
     */
    public static void runAfterFork() throws Exception {
        Throwable failure = null;
        for (int i = 0; i < HOOKS.size(); i++) {
            try {
                HOOKS.get(i).afterFork();
            } catch (Exception | Error e) {
                failure = join(failure, e);
            }
        }
        fail(failure);
    }

    private static Throwable join(Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        if (first != next) { // one object may be thrown twice
            first.addSuppressed(next);
        }
        return first;
    }

    private static void fail(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (Exception) failure;
        }
    }
}
