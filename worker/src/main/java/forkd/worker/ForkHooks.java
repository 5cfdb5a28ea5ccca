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

    /** Called by the zygote, once. */
    public static synchronized void runBeforeFork() throws Exception {
        Exception failure = null;
        for (int i = HOOKS.size() - 1; i >= 0; i--) {
            try {
                HOOKS.get(i).beforeFork();
            } catch (Exception e) {
                failure = join(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Called by each worker, once. */
    public static synchronized void runAfterFork() throws Exception {
        Exception failure = null;
        for (int i = 0; i < HOOKS.size(); i++) {
            try {
                HOOKS.get(i).afterFork();
            } catch (Exception e) {
                failure = join(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static Exception join(Exception first, Exception next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
