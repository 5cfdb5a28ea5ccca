package forkd.launcher.freeze;

import forkd.posix.Fd;
import java.util.List;

/**
 * A stem that has been proven. The holder owns both sockets, and ends the stem by closing them.
 *
 * @param pid the stem's
 * @param control to the stem
 * @param queue to its spares
 * @param threads what was captured of the zygote's threads
 * @param tidOffset where the C library keeps a thread's id in its descriptor of the thread
 * @param early what is learnt of its workers
 */
public record FrozenStem(int pid, Fd control, Fd queue, List<CapturedThread> threads, int tidOffset, EarlyNeed early)
        implements AutoCloseable {
    @Override
    public void close() {
        control.close();
        queue.close();
    }
}
