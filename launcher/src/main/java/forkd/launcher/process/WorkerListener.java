package forkd.launcher.process;

import forkd.posix.WaitStatus;

/** What the server does when a worker ends. Called with the worker table locked: it must not block for long. */
public interface WorkerListener {
    void ended(Worker worker, WaitStatus status);

    /** All slots were taken, and now one is free. */
    void roomAgain();
}
