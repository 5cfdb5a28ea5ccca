package forkd.launcher.process;

import forkd.posix.WaitStatus;

/** What the server does when a worker ends. Called with the worker table locked: it must not block for long. */
@FunctionalInterface
public interface WorkerListener {
    void ended(Worker worker, WaitStatus status);
}
