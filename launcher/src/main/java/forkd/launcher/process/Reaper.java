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
 * while, as seldom as keeps that under a hundredth of the time.
 *
 * <p>Where there are no pidfds (before Linux 5.3, or forbidden in a container) it waits in waitid(2), which looks at all
 * children for each end.
 */
public final class Reaper {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int REST = 100;

    private final Children children;

    public Reaper(Children children) {
        this.children = children;
    }

    /** Starts the thread, before there is a child; it is a daemon and ends with the process. */
    public void start() {
        Runnable loop;
        try {
            ChildEnds ends = new ChildEnds();
            children.tellBy(ends);
            loop = () -> follow(ends);
        } catch (ErrnoException e) {
            loop = this::look;
        }
        Thread thread = new Thread(loop, "reaper");
        thread.setDaemon(true);
        thread.start();
    }

    private void follow(ChildEnds ends) {
        try {
            long nextLook = System.nanoTime();
            while (true) {
                int ready = ends.await(Duration.ofNanos(Math.max(0, nextLook - System.nanoTime())));
                for (int i = 0; i < ready; i++) {
                    children.reap(ends.pid(i));
                }
                long start = System.nanoTime();
                if (start - nextLook >= 0) {
                    children.reap();
                    long end = System.nanoTime();
                    nextLook = end + Math.max(LOOK.toNanos(), REST * (end - start));
                }
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException("workers cannot be reaped", e);
        }
    }

    private void look() {
        try {
            while (true) {
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
}
