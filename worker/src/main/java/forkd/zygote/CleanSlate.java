package forkd.zygote;

import forkd.posix.PlainProcess;
import forkd.worker.ChannelSource;
import forkd.worker.WorkerContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;

/**
 * How a worker of the pool looks while it waits, made so again between two connections, where it serves several: its
 * descriptors, the streams of {@link System}, the channel of the class library. What a handler keeps in memory it keeps.
 * The main thread only.
 */
final class CleanSlate {
    private final int nothing = PlainProcess.duplicate(WorkerContract.CONNECTION_IN);
    private final int log = PlainProcess.duplicate(WorkerContract.LOG);
    private final InputStream in = System.in;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final Set<Thread> known = new HashSet<>(users());
    private SocketChannel channel;

    /** When the handler has been made and warmed; descriptors 0 and 1 are /dev/null. */
    CleanSlate() throws IOException {}

    /** The channel of the next connection. */
    ChannelSource channels() {
        return () -> {
            channel = new AdoptedChannel().open();
            return channel;
        };
    }

    /** Whether nothing runs any more that the handler has started and that a JVM would wait for. */
    boolean isQuiet() {
        return known.containsAll(users());
    }

    /** Threads that are no daemons, without this one. */
    private static Set<Thread> users() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        Thread[] threads = new Thread[group.activeCount() + 64];
        int count = group.enumerate(threads);
        Set<Thread> users = new HashSet<>();
        for (int i = 0; i < count; i++) {
            if (!threads[i].isDaemon() && threads[i] != Thread.currentThread()) {
                users.add(threads[i]);
            }
        }
        return users;
    }

    /** Lets go of the connection and of its log. */
    void wipe() throws IOException, ReflectiveOperationException {
        // A thread that sleeps in read(2) would keep the connection open.
        PlainProcess.shutdown(WorkerContract.CONNECTION_IN);
        closeChannels();
        PlainProcess.dup2(nothing, WorkerContract.CONNECTION_IN);
        PlainProcess.dup2(nothing, WorkerContract.CONNECTION_OUT);
        System.err.flush();
        System.setIn(in);
        System.setOut(out);
        System.setErr(err);
        PlainProcess.dup2(log, WorkerContract.LOG); // closing a channel puts /dev/null there
        Thread.currentThread().setContextClassLoader(loader);
        Thread.interrupted();
    }

    /** The class library keeps the channel that it has made of descriptor 0, and makes no other. */
    private void closeChannels() throws IOException, ReflectiveOperationException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
        Class<?> inherited = Class.forName("sun.nio.ch.InheritedChannel");
        Field kept = accessible(inherited.getDeclaredField("channel"));
        if (kept.get(null) instanceof Channel open) {
            open.close();
            kept.set(null, null);
        }
        accessible(inherited.getDeclaredField("haveChannel")).setBoolean(null, false);
    }

    private static Field accessible(Field field) {
        field.setAccessible(true);
        return field;
    }
}
