package forkd.worker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/**
 * Runs an existing program for a connection: {@code main(String[])} without arguments, with {@link System#in} and
 * {@link System#out} bound to the client. As in a JVM of its own the worker lives as long as a thread of the program's that
 * is no daemon.
 */
final class MainHandler implements ConnectionHandler {
    private final Method main;

    MainHandler(Method main) {
        this.main = main;
    }

    /** The main method; its class is loaded and not initialised: a program may do anything in its static initialiser. */
    static Method find(String className, ClassLoader loader) throws HandlerException {
        try {
            Method main = Class.forName(className, false, loader).getMethod("main", String[].class);
            if (!Modifier.isStatic(main.getModifiers()) || main.getReturnType() != void.class) {
                throw new HandlerException("--main " + className + ": its main is not static void");
            }
            main.setAccessible(true);
            return main;
        } catch (ClassNotFoundException e) {
            throw new HandlerException(
                    "--main " + className + ": there is no such class on the class path (see --classpath)", e);
        } catch (NoSuchMethodException e) {
            throw new HandlerException("--main " + className + " has no public static void main(String[])", e);
        } catch (LinkageError e) {
            throw new HandlerException("--main " + className + " cannot be loaded: " + e, e);
        }
    }

    @Override
    public void handle(Connection connection) throws Exception {
        PrintStream out = new PrintStream(new BufferedOutputStream(connection.output()), true);
        System.setIn(connection.input());
        System.setOut(out);
        try {
            main.invoke(null, (Object) new String[0]);
            awaitThreads();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new IOException("the program failed", e.getCause());
        } finally {
            out.flush();
        }
    }

    private static void awaitThreads() throws InterruptedException {
        for (Thread next = other(); next != null; next = other()) {
            next.join();
        }
    }

    /** Not by way of getAllStackTraces: that is the work of the VM Thread, which a short worker does not have. */
    private static Thread other() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 1];
        int count = root.enumerate(threads);
        while (count == threads.length) { // there may be more
            threads = new Thread[2 * threads.length];
            count = root.enumerate(threads);
        }
        for (int i = 0; i < count; i++) {
            Thread thread = threads[i];
            if (!thread.isDaemon()
                    && thread != Thread.currentThread()
                    && !thread.getName().equals("DestroyJavaVM")) {
                return thread;
            }
        }
        return null;
    }
}
