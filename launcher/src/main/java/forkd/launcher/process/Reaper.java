package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Zombies;
import java.util.OptionalInt;

/**
 * The thread that waits for the ends of workers. It blocks in waitid(2) until some child has ended, and lets the
 * {@link Children} take it away. SIGCHLD is not used: in a JVM a signal costs a new thread, and one signal may stand
 * for many ends.
 *
 * <p>The wait looks at all children, one after the other, until it finds one that has ended; the one that it has found is then
 * taken by its pid. With thousands of children a second look would cost more than all else that a short connection does.
 */
public final class Reaper {
    private final Children children;

    public Reaper(Children children) {
        this.children = children;
    }

    /** Starts the thread; it is a daemon and ends with the process. */
    public void start() {
        Thread thread = new Thread(this::run, "reaper");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                // Without a child waitid would fail (ECHILD) and this loop would spin.
                children.awaitChild();
                OptionalInt ended = Zombies.await();
                if (ended.isPresent()) {
                    children.reap(ended.getAsInt());
                } else {
                    children.reap(); // takes stops of traced threads away, as soon as their tracer has done with them
                }
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException("workers cannot be reaped", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the reaper", e);
        }
    }
}
