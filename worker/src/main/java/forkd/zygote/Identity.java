package forkd.zygote;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * What the class library remembers of the process that it was loaded in: {@link ProcessHandle#current()} keeps one object
 * with the pid and the start time. Where nobody has asked for it in the zygote its class is not initialised, and the first
 * worker that asks gets its own; otherwise a worker overwrites the two fields.
 */
final class Identity {
    private static final String IMPLEMENTATION = "java.lang.ProcessHandleImpl";

    private final Object current;
    private final Field pid;
    private final Field startTime;
    private final Method pidOfThisProcess;
    private final Method startOf;

    /** Looks whether there is anything to refresh; in the zygote, after the user's code has run. */
    Identity() throws ReflectiveOperationException {
        Class<?> type = Class.forName(IMPLEMENTATION, false, null);
        if (!isInitialized(type)) {
            current = null;
            pid = null;
            startTime = null;
            pidOfThisProcess = null;
            startOf = null;
            return;
        }
        current = ProcessHandle.current();
        pid = accessible(type.getDeclaredField("pid"));
        startTime = accessible(type.getDeclaredField("startTime"));
        pidOfThisProcess = type.getDeclaredMethod("getCurrentPid0");
        pidOfThisProcess.setAccessible(true);
        startOf = type.getDeclaredMethod("isAlive0", long.class);
        startOf.setAccessible(true);
    }

    /** In the child, before any code of the user's. */
    void refresh() throws ReflectiveOperationException {
        if (current != null) {
            Object own = pidOfThisProcess.invoke(null);
            pid.set(current, own);
            startTime.set(current, startOf.invoke(null, own));
        }
    }

    /** Whether the static initialiser of a class of the JDK's has run. */
    static boolean isInitialized(Class<?> type) throws ReflectiveOperationException {
        Class<?> unsafe = Class.forName("jdk.internal.misc.Unsafe");
        Object instance = unsafe.getMethod("getUnsafe").invoke(null);
        return !(boolean) unsafe.getMethod("shouldBeInitialized", Class.class).invoke(instance, type);
    }

    private static Field accessible(Field field) {
        field.setAccessible(true);
        return field;
    }
}
