package forkd.launcher.process;

import forkd.posix.ErrnoException;

/** Where worker processes come from; the models of forkd differ in nothing else. Called by the accept loop's thread. */
public interface WorkerLauncher {
    /**
     * Starts a worker process, a child of this one, that holds a copy of the connected descriptor. The connection stays
     * the caller's, who closes it in either case.
     *
     * @return the worker's pid
     * @throws ErrnoException where there is no worker; nothing is left behind
     */
    int launch(Incoming connection) throws ErrnoException;
}
