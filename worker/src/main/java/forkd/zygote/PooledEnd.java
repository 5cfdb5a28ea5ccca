package forkd.zygote;

import java.lang.reflect.Field;
import java.util.Map;

/**
 * The end of a worker of the pool. Since JDK 21 {@link System#exit} asks for a logger before it does anything, which loads
 * java.util.logging and takes longer than all else that a worker does for its connection. Where there is no shutdown hook the
 * process ends without that.
 */
final class PooledEnd {
    private static final int FIRST_THAT_LOGS = 21;

    /** A slot of java.lang.Shutdown: the hooks of applications, which are looked at by themselves. */
    private static final int APPLICATION_HOOKS = 1;

    private PooledEnd() {}

    /** Ends the process; runs shutdown hooks first. */
    static void exit(int status) {
        if (Runtime.version().feature() >= FIRST_THAT_LOGS && !hasHooks()) {
            Runtime.getRuntime().halt(status);
        }
        System.exit(status);
    }

    private static boolean hasHooks() {
        try {
            Object hooks = get(Class.forName("java.lang.ApplicationShutdownHooks"), "hooks");
            if (!(hooks instanceof Map<?, ?> threads) || !threads.isEmpty()) {
                return true; // none: they run already
            }
            Object[] slots = (Object[]) get(Class.forName("java.lang.Shutdown"), "hooks");
            for (int i = 0; i < slots.length; i++) {
                if (i != APPLICATION_HOOKS && slots[i] != null) {
                    return true;
                }
            }
            return false;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return true; // a JDK that keeps them elsewhere
        }
    }

    private static Object get(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(null);
    }
}
