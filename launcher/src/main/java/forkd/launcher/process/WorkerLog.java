package forkd.launcher.process;

import forkd.posix.Epoll;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Pipe;
import forkd.posix.Posix;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one worker writes to descriptor 2, and what its children do. The launcher may hold both ends of the pipe as long as the
 * worker lives, so that its end wakes nobody. Any thread; the accept loop's and the reaper's never wait for a line to be
 * passed on.
 *
 * <p>A worker may open its pipe (/dev/stderr), and so its reading end, too, and take what it has written: {@link #read} must not
 * wait for what was there a moment ago.
 */
final class WorkerLog {
    private static final int BUFFER_BYTES = 1024;

    private final long connection;
    private final Pipe pipe;
    private final Epoll epoll;
    private final LogSink sink;
    private final LineSplitter lines = new LineSplitter();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile int worker;
    private boolean nonBlocking;
    private boolean watched;
    private boolean ended;
    private boolean left;

    WorkerLog(long connection, Pipe pipe, Epoll epoll, LogSink sink) {
        this.connection = connection;
        this.pipe = pipe;
        this.epoll = epoll;
        this.sink = sink;
    }

    /** The worker's end, which stays this object's. */
    Fd writeEnd() {
        return pipe.writeEnd();
    }

    /**
     * There is a process; from here on somebody reads. Nobody has read before, so the lock is free.
     *
     * @param hold whether both ends are held, or only the one to read from
     */
    void started(int pid, boolean hold) throws ErrnoException {
        worker = pid;
        reading.lock();
        try {
            if (!ended) {
                watch();
                if (!hold) {
                    pipe.writeEnd().close();
                }
            }
        } finally {
            reading.unlock();
        }
    }

    /**
     * The worker has ended; where nothing is left to be read and nobody can write any more, this is closed. Does not wait.
     *
     * @return false where it is not; {@link #end} follows then
     */
    boolean endsNow(int pid) throws ErrnoException {
        worker = pid;
        if (!reading.tryLock()) {
            return false;
        }
        try {
            end();
            if (!Posix.isAtEnd(pipe.readEnd())) {
                return false;
            }
            close();
            return true;
        } finally {
            reading.unlock();
        }
    }

    /** The worker writes no more: what it has not left behind for others to write to is read out from here on. */
    void end() throws ErrnoException {
        reading.lock();
        try {
            if (!ended) {
                ended = true;
                unwatch();
                pipe.writeEnd().close();
            }
        } finally {
            reading.unlock();
        }
    }

    /**
     * Reads once and passes on the lines.
     *
     * @return how many bytes were read; 0 where there are none now, -1 where nobody can write any more
     */
    int read() throws ErrnoException {
        reading.lock();
        try {
            if (!pipe.readEnd().isOpen()) {
                return -1;
            }
            if (!nonBlocking) { // here, so that a worker that says nothing costs nothing
                Posix.setNonBlocking(pipe.readEnd());
                nonBlocking = true;
            }
            byte[] bytes = new byte[BUFFER_BYTES];
            int count = Posix.readNow(pipe.readEnd(), bytes);
            if (count > 0) {
                lines.feed(bytes, count, this::line);
            }
            return count;
        } finally {
            reading.unlock();
        }
    }

    /** All of the worker's own is read, and others hold its pipe: their lines are read, too. */
    void leave() throws ErrnoException {
        reading.lock();
        try {
            lines.finish(this::line);
            left = true;
            watch();
        } finally {
            reading.unlock();
        }
    }

    boolean isLeft() {
        return left;
    }

    /** Its end of file has been read, which would be reported for ever. */
    void rest() throws ErrnoException {
        reading.lock();
        try {
            unwatch();
        } finally {
            reading.unlock();
        }
    }

    /** Passes on a last line that was not ended, and gives both descriptors back. */
    void close() throws ErrnoException {
        reading.lock();
        try {
            lines.finish(this::line);
            unwatch();
            pipe.close();
        } finally {
            reading.unlock();
        }
    }

    private void watch() throws ErrnoException {
        epoll.add(pipe.readEnd(), connection);
        watched = true;
    }

    private void unwatch() throws ErrnoException {
        if (watched) {
            epoll.remove(pipe.readEnd());
            watched = false;
        }
    }

    private void line(String text, boolean more) {
        sink.line(connection, worker, text, more);
    }
}
