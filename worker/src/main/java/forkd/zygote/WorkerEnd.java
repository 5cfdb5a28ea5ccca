package forkd.zygote;

import forkd.posix.RawFork;
import forkd.worker.WorkerExit;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * The end of a forked worker. A {@link System#exit} runs shutdown hooks and then ends the VM, which takes its threads and its
 * time. A handler that returns needs at most the first: where hooks are registered they run, and the process ends by
 * exit_group(2).
 */
final class WorkerEnd {
    /** Slots of java.lang.Shutdown: 0 console, 1 application hooks, 2 delete-on-exit; ours runs last. */
    private static final int APPLICATION_HOOKS = 1;

    private static final int OUR_SLOT = 9;

    private static final String LOGGING_HOOK = "java.util.logging.LogManager$Cleaner";

    private final Runnable[] slots;
    private final Map<?, ?> applicationHooks;
    private int harmless;
    /** The thread that runs hooks and nothing else, and what the process ends with then. */
    private volatile Thread hooksOnly;

    private volatile int code;

    /** @param revive called as the last hook of a full exit: the VM needs its watcher then */
    WorkerEnd(Runnable revive) throws ReflectiveOperationException {
        Runnable last = () -> {
            // Not where another thread has called System.exit before: then the status is that one's.
            if (Thread.currentThread() == hooksOnly) {
                RawFork.exit(code);
            }
            revive.run();
        };
        Class<?> shutdown = Class.forName("java.lang.Shutdown");
        Method add = shutdown.getDeclaredMethod("add", int.class, boolean.class, Runnable.class);
        add.setAccessible(true);
        add.invoke(null, OUR_SLOT, false, last);
        slots = (Runnable[]) get(shutdown, "hooks");
        applicationHooks = (Map<?, ?>) get(Class.forName("java.lang.ApplicationShutdownHooks"), "hooks");
    }

    /**
     * Counts the hooks that need no run: java.util.logging registers one as soon as a library asks for a logger, to flush
     * handlers that flush after each record anyway. In the zygote, when the user's code has run.
     */
    void settle() {
        harmless = 0;
        for (Object hook : applicationHooks.keySet()) {
            if (hook.getClass().getName().equals(LOGGING_HOOK)) {
                harmless++;
            }
        }
    }

    /**
     * Ends the process.
     *
     * @param rehearsal takes the path and comes back
     */
    void end(WorkerExit exit, boolean rehearsal) {
        if (hasHooks() && !rehearsal) {
            code = exit.code();
            hooksOnly = Thread.currentThread();
            System.exit(code); // comes to our slot on this thread
        }
        RawFork.exit(exit.code(), rehearsal);
    }

    private boolean hasHooks() {
        if (applicationHooks.size() > harmless) {
            return true;
        }
        for (int i = 0; i < OUR_SLOT; i++) {
            if (i != APPLICATION_HOOKS && slots[i] != null) {
                return true;
            }
        }
        return false;
    }

    private static Object get(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(null);
    }
}
