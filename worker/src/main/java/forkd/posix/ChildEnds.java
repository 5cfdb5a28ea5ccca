package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Children whose ends the kernel tells: a pidfd of each, pidfd_open(2), in one {@link Epoll}. What an end costs does not depend
 * on how many others there are; waitid(2) for any child looks at all of them, one after the other, until it finds one that has
 * ended.
 *
 * <p>Owns the descriptors. {@link #watch} and {@link #forget} exclude each other by a lock of the caller's; one thread calls
 * {@link #await} and reads the answers, with no lock.
 */
public final class ChildEnds implements AutoCloseable {
    private static final int BATCH = 64;
    private static final long NO_PID = 0;

    private final Epoll epoll = new Epoll(BATCH);
    private final Pipe wake = Posix.pipe();
    private final Map<Integer, Fd> watched = new HashMap<>();
    private volatile boolean over;

    /**
     * None yet.
     *
     * @throws ErrnoException ENOSYS before Linux 5.3, EPERM where a container forbids it: then nobody can be watched
     */
    public ChildEnds() throws ErrnoException {
        try {
            open((int) ProcessHandle.current().pid()).close();
            epoll.add(wake.readEnd(), NO_PID);
        } catch (ErrnoException e) {
            close();
            throw e;
        }
    }

    private static Fd open(int pid) throws ErrnoException {
        int fd = (int) LIBC.syscall(SystemCall.PIDFD_OPEN.number(), pid, 0, 0, 0, 0);
        if (fd < 0) {
            throw Native.failed("pidfd_open", pid);
        }
        return new Fd(fd); // close-on-exec without being asked
    }

    /**
     * From now on tells the end of a child that has not been reaped; of one that has ended already, too. Of one that is watched
     * does nothing.
     *
     * @throws ErrnoException EMFILE where there is no descriptor for it: it is not watched then
     */
    public void watch(int pid) throws ErrnoException {
        if (watched.containsKey(pid)) {
            return;
        }
        Fd fd = open(pid);
        try {
            epoll.add(fd, pid);
        } catch (ErrnoException e) {
            fd.close();
            throw e;
        }
        watched.put(pid, fd);
    }

    /** Of a child that has been reaped, watched or not. */
    public void forget(int pid) throws ErrnoException {
        Fd fd = watched.remove(pid);
        if (fd != null) {
            // Closing alone is not enough: a child that is being spawned has a copy of each descriptor until it
            // executes.
            epoll.remove(fd);
            fd.close();
        }
    }

    /**
     * Blocks until a watched child has ended that has not been forgotten, or the time is over.
     *
     * @return how many answers there are
     */
    public int await(Duration timeout) throws ErrnoException {
        int ready = epoll.await(timeout);
        return over ? 0 : ready;
    }

    /** From now on {@link #await} does not block and has no answers. Any thread, once. */
    public void end() throws ErrnoException {
        over = true;
        Posix.write(wake.writeEnd(), new byte[1], 0, 1);
    }

    /** The pid of an answer of the last {@link #await}. It may have been reaped and forgotten by somebody else since. */
    public int pid(int index) {
        return (int) epoll.key(index);
    }

    @Override
    public void close() {
        watched.values().forEach(Fd::close);
        wake.close();
        epoll.close();
    }
}
