package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Signal;
import forkd.posix.WaitStatus;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Whoever reaps the launcher's children. Each child is announced before it can exist, so that its end is not lost if it comes
 * before its pid is known.
 */
public interface ChildWatch {
    /** A child is about to be made. Followed by {@link #adopt} or {@link #forget}. */
    void expect();

    /**
     * The child is there. Its end is told on any thread, perhaps before this returns.
     *
     * @param onEnd must not block
     */
    void adopt(int pid, Consumer<WaitStatus> onEnd);

    /**
     * The same for a child that may yet become a worker, and may have done so already: its end is kept for whoever publishes
     * it, or until {@link #forgetEnd}.
     *
     * <pre>
     *   worker, a spare            reaper                 accept loop
     *   reports IDLE
     *   gets a connection, reports it
     *   handles it, exits          unknown: kept
     *                                                     reads IDLE: adoptWaiting tells the end, and leaves it
     *                                                     reads STARTED: publishes, and finds the end
     * </pre>
     */
    void adoptWaiting(int pid, Consumer<WaitStatus> onEnd);

    /** The child was not made. */
    void forget();

    /** The end of this child, which has been told, belongs to nobody else: its pid may come again. */
    void forgetEnd(int pid);

    /**
     * A worker has ended its connection and lives on as a child that may yet become a worker. Tells the end of the connection.
     *
     * @param onEnd as of {@link #adoptWaiting}
     * @return false where there is no such child any more
     */
    boolean release(int pid, long connection, Consumer<WaitStatus> onEnd);

    /**
     * Sends the signal to one child, if it has not been reaped.
     *
     * @return false where there is no such child
     */
    boolean signal(int pid, Signal signal) throws ErrnoException;

    /**
     * Whether this worker lives, or has ended and not been reaped. Another one may have had its pid before.
     *
     * @param connection the id of its connection
     */
    boolean isLive(int pid, long connection);

    /**
     * Runs something while nobody else takes a status away: a thread that is stopped by ptrace(2) is reported to any
     * waitpid(2) of the process.
     */
    void withoutReaping(Tracing tracing) throws IOException;

    /**
     * The same where only threads of one process are traced: the ends of all others are taken away meanwhile.
     *
     * @param pid of a child, not of one of its threads
     */
    void withoutReaping(int pid, Tracing tracing) throws IOException;

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Tracing {
        void run() throws IOException;
    }
}
