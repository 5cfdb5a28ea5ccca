package forkd.zygote;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The virtual threads of this process, which {@link Thread#getAllStackTraces} does not list. The JDK keeps them in containers: one
 * for each executor, and a root for those that were started by themselves. With {@code -Djdk.trackAllThreads=false} the root has none.
 */
final class VirtualThreads {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private record Calls(Method threads, Method children, Method isVirtual) {}

    private VirtualThreads() {}

    /** Those that live now; none before Java 21. */
    static List<Thread> all() throws ReflectiveOperationException {
        List<Thread> all = new ArrayList<>();
        if (Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS) {
            Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
            Object root = Class.forName("jdk.internal.vm.ThreadContainers")
                    .getMethod("root")
                    .invoke(null);
            Calls calls = new Calls(
                    container.getMethod("threads"),
                    container.getMethod("children"),
                    Thread.class.getMethod("isVirtual"));
            add(root, calls, all);
        }
        return all;
    }

    private static void add(Object container, Calls calls, List<Thread> all) throws ReflectiveOperationException {
        for (Object thread : ((Stream<?>) calls.threads().invoke(container)).toList()) {
            if ((boolean) calls.isVirtual().invoke(thread)) {
                all.add((Thread) thread);
            }
        }
        for (Object child : ((Stream<?>) calls.children().invoke(container)).toList()) {
            add(child, calls, all);
        }
    }
}
