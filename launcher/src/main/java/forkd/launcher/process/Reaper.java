package forkd.launcher.process;

import forkd.posix.ChildEnds;
import forkd.posix.ErrnoException;
import forkd.posix.Zombies;
import java.time.Duration;

/**
 * The thread that waits for the ends of workers and has the {@link Children} take them away. SIGCHLD is not used: in a JVM a
 * signal costs a new thread, and one signal may stand for many ends.
 *
 * <p>It waits for the pidfds of all children ({@link ChildEnds}), so that the end of a short connection costs the same beside
 * ten workers and beside ten thousand. A child whose pid nobody knows has none; therefore all children are looked at once in a
 * second.
 *
 * <p>Where there are no pidfds (before Linux 5.3, or forbidden in a container) it waits in waitid(2), which looks at all
 * children for each end.
 */
public final class Reaper implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Children children;
    private final Duration look;
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

    /** Starts the thread, before there is a child; it is a daemon and may end with the process. */
    public void start() {
        Runnable loop;
        try {
            ChildEnds ends = new ChildEnds();
            children.tellBy(ends);
            loop = () -> follow(ends);
        } catch (ErrnoException e) {
            loop = this::lookAtAll;
        }
        thread = new Thread(loop, "reaper");
        thread.setDaemon(true);
        thread.start();
    }

    private void follow(ChildEnds ends) {
        try (ends) {
            long nextLook = System.nanoTime();
            while (!closed) {
                int ready = ends.await(Duration.ofNanos(Math.max(0, nextLook - System.nanoTime())));
                for (int i = 0; i < ready; i++) {
                    children.reap(ends.pid(i));
                }
                if (System.nanoTime() - nextLook >= 0) {
                    children.reap();
                    nextLook = System.nanoTime() + look.toNanos();
                }
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException("workers cannot be reaped", e);
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
            throw new IllegalStateException("workers cannot be reaped", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the reaper", e);
        }
    }

    /** Ends the thread after its next look, or where there are no pidfds after the next end of a child. Waits for it. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who closes the reaper", e);
        }
    }
}
