package forkd.launcher.it.conformance;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs the case that its client names, such as {@code Memory.systemGc}, and answers {@code pass}, {@code no REASON} or
 * {@code fail WHY}. The cases' classes are loaded by the worker, apart from what is said to be made before the fork.
 */
public final class ConformanceHandler implements ConnectionHandler {
    /** The classes whose public methods are cases. */
    private static final List<String> GROUPS =
            List.of("Memory", "Threads", "Waiting", "Loading", "Files", "Sockets", "Programs", "Tools");

    /** All cases, in order. */
    public static List<String> cases() {
        List<String> names = new ArrayList<>();
        for (String group : GROUPS) {
            List<Method> methods = new ArrayList<>(List.of(type(group).getDeclaredMethods()));
            methods.removeIf(method -> !Modifier.isPublic(method.getModifiers()));
            methods.sort(Comparator.comparing(Method::getName));
            methods.forEach(method -> names.add(group + "." + method.getName()));
        }
        return names;
    }

    @Override
    public void warmUp() throws Exception {
        BeforeTheFork.make();
    }

    @Override
    public void handle(Connection connection) throws Exception {
        String name = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8)).readLine();
        if (name == null) {
            return;
        }
        if (name.startsWith("Endings.")) {
            method(name, Connection.class).invoke(null, connection);
            return;
        }
        answer(connection, verdict(method(name)));
    }

    private static String verdict(Method method) throws IllegalAccessException {
        try {
            method.invoke(null);
            return "pass";
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof DocumentedNo no) {
                return "no " + no.getMessage();
            }
            e.getCause().printStackTrace();
            return "fail " + e.getCause();
        }
    }

    private static Method method(String name, Class<?>... parameters) throws NoSuchMethodException {
        int dot = name.indexOf('.');
        return type(name.substring(0, dot)).getDeclaredMethod(name.substring(dot + 1), parameters);
    }

    private static Class<?> type(String group) {
        try {
            return Class.forName(ConformanceHandler.class.getPackageName() + "." + group);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static void answer(Connection connection, String text) throws IOException {
        connection.output().write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
