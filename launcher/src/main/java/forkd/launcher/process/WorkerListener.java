package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.WaitStatus;

/** What the server does when a worker ends. Called by several threads: the order of two ends is that of nothing. */
@FunctionalInterface
public interface WorkerListener {
    void ended(Worker worker, WaitStatus status);

    /** What a worker has left behind could not be killed. */
    default void notKilled(ErrnoException why) {
        throw new IllegalStateException("a process group cannot be killed", why);
    }

    /** The kernel does not tell of a worker's end, which is found later therefore. Nothing has to be done about it. */
    default void notWatched(ErrnoException why) {}
}
