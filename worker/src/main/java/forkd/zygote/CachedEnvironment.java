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

    private CachedEnvironment() {}

    /**
     * After the environment of a connection was installed.
     *
     * @param id the connection's
     */
    static void refresh(long id) throws ReflectiveOperationException {
        if (!Long.toString(id).equals(System.getenv(WorkerContract.CONNECTION_ID))) {
            refresh();
        }
    }

    /** After any environment was installed. */
    static void refresh() throws ReflectiveOperationException {
        Class<?> type = Class.forName(IMPLEMENTATION);
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
