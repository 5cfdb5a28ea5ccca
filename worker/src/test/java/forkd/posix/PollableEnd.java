package forkd.posix;

import java.time.Duration;

/** Asks whether a descriptor could be read now, without ever waiting for it. */
record PollableEnd(Fd fd) implements AutoCloseable {

    /** Whether there is input, or an end of it. */
    boolean isReady() throws ErrnoException {
        PollSet poll = new PollSet(1);
        poll.add(fd);
        return poll.await(Duration.ZERO);
    }

    @Override
    public void close() {
        fd.close();
    }
}
