package forkd.launcher.server;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Pipe;
import forkd.posix.Posix;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Wakes a thread that sleeps in poll(2): the self-pipe of D. J. Bernstein. At most two bytes are in the pipe, so
 * waking never blocks.
 */
final class WakePipe implements AutoCloseable {
    private final Pipe pipe;
    private final AtomicBoolean awake = new AtomicBoolean();

    WakePipe() throws ErrnoException {
        pipe = Posix.pipe();
    }

    /** What the sleeper polls; it stays this object's. */
    Fd readEnd() {
        return pipe.readEnd();
    }

    /** Any thread. */
    void wake() {
        if (awake.compareAndSet(false, true)) {
            try {
                Posix.write(pipe.writeEnd(), new byte[1], 0, 1);
            } catch (ErrnoException e) {
                throw new IllegalStateException("the wake pipe is broken", e);
            }
        }
    }

    /** The sleeper, after poll and before it looks at what it was woken for: a wake after this is a new one. */
    void drain() throws ErrnoException {
        // The flag first: a waker that comes between the two lines writes a byte of its own, which ends the next poll.
        if (awake.compareAndSet(true, false)) {
            Posix.read(pipe.readEnd(), new byte[1], 0, 1);
        }
    }

    @Override
    public void close() {
        // Whoever wakes from here on, a late signal perhaps, finds it awake and writes nothing.
        awake.set(true);
        pipe.close();
    }
}
