package forkd.launcher.process;

import forkd.posix.ChildEnds;
import forkd.posix.ErrnoException;
import forkd.posix.Zombies;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * The thread that waits for the ends of workers and has the {@link Children} take them away. SIGCHLD is not used: in a JVM a
 * signal costs a new thread, and one signal may stand for many ends.
 *
 * <p>It waits for the pidfds of all children ({@link ChildEnds}), so that the end of a short connection costs the same beside
 * ten workers and beside ten thousand. A child whose pid nobody knows has none; therefore all children are looked at once in a
 * second.
 *
 * <p>Where waiting fails the thread ends with an UncheckedIOException, which is its uncaught exception: whoever started it ends the
 * server then.
 *
 * <p>Where there are no pidfds (before Linux 5.3, or forbidden in a container) it waits in waitid(2), which looks at all
 * children for each end.
 */
public final class Reaper implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Before it looks again where somebody was tracing. */
    private static final Duration SOON = Duration.ofMillis(10);

    private static final Duration TRACER = Duration.ofMillis(1);

    private final Children children;
    private final Duration look;
    /** Null where there are no pidfds. */
    private ChildEnds ends;

    private Thread thread;
    private volatile boolean closed;

    public Reaper(Children children) {
        this(children, LOOK);
    }

    /** @param look between two looks at all children, at the least */
    Reaper(Children children, Duration look) {
        this.children = children;
        this.look = look;
    }

    /** Starts the thread, a daemon, before there is a child. */
    public void start() {
        try {
            ends = new ChildEnds();
            children.tellBy(new Watch(ends));
        } catch (ErrnoException e) {
            ends = null;
        }
        thread = new Thread(ends == null ? this::lookAtAll : this::follow, "reaper");
        thread.setDaemon(true);
        thread.start();
    }

    private record Watch(ChildEnds ends) implements Children.EndWatch {
        @Override
        public void watch(int pid) throws ErrnoException {
            ends.watch(pid);
        }

        @Override
        public void forget(int pid) throws ErrnoException {
            ends.forget(pid);
        }
    }

    private void follow() {
        try {
            long nextLook = System.nanoTime();
            while (!closed) {
                int ready = ends.await(Duration.ofNanos(Math.max(0, nextLook - System.nanoTime())));
                boolean all = true;
                for (int i = 0; i < ready; i++) {
                    all &= children.reapIfUntraced(ends.pid(i));
                }
                if (!all) {
                    // What was left alone is told again at once. The others must not wait for its tracer.
                    children.awaitTracer(TRACER);
                }
                if (System.nanoTime() - nextLook >= 0) {
                    Duration next = children.reapIfUntraced() ? look : SOON;
                    nextLook = System.nanoTime() + next.toNanos();
                }
            }
        } catch (ErrnoException e) {
            throw new UncheckedIOException("workers cannot be reaped", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the reaper", e);
        }
    }

    private void lookAtAll() {
        try {
            while (!closed) {
                // Without a child waitid would fail (ECHILD) and this loop would spin.
                children.awaitChild();
                Zombies.await();
                children.reap();
            }
        } catch (ErrnoException e) {
            throw new UncheckedIOException("workers cannot be reaped", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the reaper", e);
        }
    }

    /**
     * Ends the thread and waits for it. A JVM that exits would wait for it as well, and longer: VM_Exit of HotSpot gives threads
     * in native code 300 ms to come back. Where there are no pidfds it is left to that: nothing else wakes waitid(2).
     */
    @Override
    public void close() {
        closed = true;
        if (ends == null) {
            return;
        }
        try {
            ends.end();
            thread.join();
        } catch (ErrnoException e) {
            throw new IllegalStateException("a pipe of ours is broken", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who closes the reaper", e);
        }
        children.tellBy(null);
        ends.close();
        ends = null;
    }
}
