package forkd.launcher.process;

import forkd.launcher.freeze.ChildWatch;
import forkd.posix.ErrnoException;

/** What a launcher tells the server, on the accept loop's thread except where said otherwise. */
public interface LaunchListener {
    /** The worker is there and has the connection; the launcher's copy may be closed. */
    void started(Incoming connection, int pid);

    /** There is no worker and there will be none. */
    void failed(Incoming connection, ErrnoException why);

    /** Something for the event log. Any thread. */
    void warn(String message);

    /** A new stem forks from here on. Any thread. */
    void stem(int pid, String reason, double seconds);

    /** Makes the loop call {@link WorkerLauncher#progress}. Any thread. */
    void wake();

    /** Who reaps. */
    ChildWatch children();
}
