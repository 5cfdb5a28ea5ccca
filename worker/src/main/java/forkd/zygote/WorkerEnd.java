package forkd.zygote;

import forkd.posix.RawFork;
import forkd.worker.WorkerExit;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * The end of a forked worker. A full {@link System#exit} runs shutdown hooks and takes its time; where no hook is
 * registered there is nothing for it to do, and the process ends by exit_group(2).
 */
final class WorkerEnd {
    /** Slots of java.lang.Shutdown: 0 console, 1 application hooks, 2 delete-on-exit; ours runs last. */
    private static final int APPLICATION_HOOKS = 1;

    private static final int OUR_SLOT = 9;

    private static final String LOGGING_HOOK = "java.util.logging.LogManager$Cleaner";

    private final Runnable[] slots;
    private final Map<?, ?> applicationHooks;
    private int harmless;

    /** @param revive called as the last hook of a full exit: the VM needs its watcher then */
    WorkerEnd(Runnable revive) throws ReflectiveOperationException {
        Class<?> shutdown = Class.forName("java.lang.Shutdown");
        Method add = shutdown.getDeclaredMethod("add", int.class, boolean.class, Runnable.class);
        add.setAccessible(true);
        add.invoke(null, OUR_SLOT, false, revive);
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
            System.exit(exit.code());
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
