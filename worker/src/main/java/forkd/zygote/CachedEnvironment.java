package forkd.zygote;

import forkd.worker.WorkerContract;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * What {@link System#getenv} tells in a process whose environment has been replaced. The class library reads the environment
 * when somebody asks for the first time. In most workers of the pool nobody has asked before the connection comes, and then
 * there is nothing to do. Where a handler's constructor or {@code warmUp} has, the map that the library keeps is filled anew.
 */
final class CachedEnvironment {
    private static final String IMPLEMENTATION = "java.lang.ProcessEnvironment";
    private static final String[] PARTS = {"$ExternalData", "$Variable", "$Value", "$StringEnvironment"};

    private final Class<?> type = Class.forName(IMPLEMENTATION, false, null);
    private final Object unsafe;
    private final Method shouldBeInitialized;

    /** Loads what the class library reads an environment with, and has it read nothing yet. */
    CachedEnvironment() throws ReflectiveOperationException {
        Class<?> internal = Class.forName("jdk.internal.misc.Unsafe");
        unsafe = internal.getMethod("getUnsafe").invoke(null);
        shouldBeInitialized = internal.getMethod("shouldBeInitialized", Class.class);
        for (String part : PARTS) {
            Class.forName(IMPLEMENTATION + part, true, null);
        }
    }

    /** Whether somebody has asked the class library for the environment. */
    boolean wasRead() throws ReflectiveOperationException {
        return !(boolean) shouldBeInitialized.invoke(unsafe, type);
    }

    /**
     * After the environment of a connection was installed.
     *
     * @param id the connection's
     */
    void refresh(long id) throws ReflectiveOperationException {
        if (wasRead() && !Long.toString(id).equals(System.getenv(WorkerContract.CONNECTION_ID))) {
            refresh();
        }
    }

    /** After any environment was installed. */
    void refresh() throws ReflectiveOperationException {
        Method environ = type.getDeclaredMethod("environ");
        environ.setAccessible(true);
        Field field = type.getDeclaredField("theEnvironment");
        field.setAccessible(true);
        Method variable = valueOf(IMPLEMENTATION + "$Variable");
        Method value = valueOf(IMPLEMENTATION + "$Value");
        byte[][] all = (byte[][]) environ.invoke(null);
        @SuppressWarnings("unchecked")
        Map<Object, Object> map = (Map<Object, Object>) field.get(null);
        map.clear();
        // As the class library does: from back to front, so that the first of two with one name counts.
        for (int i = all.length - 1; i > 0; i -= 2) {
            map.put(variable.invoke(null, (Object) all[i - 1]), value.invoke(null, (Object) all[i]));
        }
    }

    private static Method valueOf(String type) throws ReflectiveOperationException {
        Method method = Class.forName(type).getMethod("valueOf", byte[].class);
        method.setAccessible(true);
        return method;
    }
}
