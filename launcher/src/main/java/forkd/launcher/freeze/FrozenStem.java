package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import java.util.List;

/**
 * A stem that has been proven. The holder owns both sockets, and ends the stem by closing them.
 *
 * @param pid the stem's
 * @param control to the stem
 * @param queue to its spares
 * @param requests the address at which it, and each worker, has the bytes of its requests
 * @param threads what was captured of the zygote's threads
 * @param tidOffset where the C library keeps a thread's id in its descriptor of the thread
 * @param early what is learnt of its workers
 */
public record FrozenStem(
        int pid, Fd control, Fd queue, long requests, List<CapturedThread> threads, int tidOffset, EarlyNeed early)
        implements AutoCloseable {
    /** The same, whose threads have lost their guards. */
    FrozenStem with(List<CapturedThread> itsThreads) {
        return new FrozenStem(pid, control, queue, requests, itsThreads, tidOffset, early);
    }

    /** The same with copies of both sockets, which its holder owns. Whoever has these keeps them. */
    FrozenStem withOwnSockets() throws ErrnoException {
        Fd ownControl = Posix.duplicate(control.number());
        try {
            return new FrozenStem(
                    pid, ownControl, Posix.duplicate(queue.number()), requests, threads, tidOffset, early);
        } catch (ErrnoException e) {
            ownControl.close(); // as long as it is open the stem waits for requests
            throw e;
        }
    }

    @Override
    public void close() {
        control.close();
        queue.close();
    }
}
