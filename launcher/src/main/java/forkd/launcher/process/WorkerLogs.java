package forkd.launcher.process;

import forkd.posix.Epoll;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Pipe;
import forkd.posix.Posix;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The pipes of workers' descriptors 2, and the thread that reads them. Each worker has a pipe of its own, so the
 * connection of a line is known whichever process has written it, and who writes too much fills nobody's pipe but its own.
 * All are read in turn, a little of each.
 *
 * <p>What a worker has written stands in the log before its end. The reaper looks into the pipe and finds it empty nearly
 * always; then the end is told at once. Otherwise the thread reads the pipe out and tells the end:
 *
 * <pre>
 *   worker 12                reaper                                  this thread
 *   write(2, "sorry\n")
 *   exit ──────────────────▶ waitpid: 12
 *                            ended(7): something in the pipe ──────▶ log id=7 text=sorry
 *                            (its slot is free already)              end id=7
 * </pre>
 *
 * A pipe both of whose ends are held tells nothing when its worker ends, which spares a short connection a wake-up of this
 * thread. Beyond {@value #HELD_ENDS} workers descriptors are the scarcer thing, and only the reading ends are held.
 *
 * <p>Processes that a worker leaves behind keep the pipe. Their lines are still logged, after the end, as long as there are not
 * more than {@value #MAX_LEFT} such pipes.
 */
public final class WorkerLogs implements AutoCloseable {
    /** That many pipes are held at both ends. */
    public static final int HELD_ENDS = 64;

    private static final int MAX_LEFT = 256;
    private static final int BATCH = 64;
    private static final long WAKE = 0; // no connection has this id

    /** The default size of a pipe, and so the most that a worker has left in it. */
    private static final int PIPE_BYTES = 1 << 16;

    private final LogSink sink;
    private final OptionalInt owner;
    private final Epoll epoll;
    private final Pipe wake;
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Thread thread;
    private final Map<Long, WorkerLog> logs = new ConcurrentHashMap<>();
    private final Queue<Ending> news = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Ending> endings = new ArrayDeque<>();
    private int left;
    /** For the next worker; null where it has been taken. The accept loop's. */
    private Pipe prepared;

    private volatile boolean closed;

    /** A worker that has ended and whose pipe is being read out. */
    private static final class Ending {
        private final long connection;
        private final WorkerLog log;
        private final Runnable then;
        private int budget = PIPE_BYTES;

        Ending(long connection, WorkerLog log, Runnable then) {
            this.connection = connection;
            this.log = log;
            this.then = then;
        }
    }

    /** The pipes of workers that run as this process's user. */
    public WorkerLogs(LogSink sink) throws ErrnoException {
        this(sink, OptionalInt.empty());
    }

    /**
     * Starts the thread, a daemon.
     *
     * @param owner who pipes are given to, so that workers of that user can open /dev/stderr; empty for this process's user
     * @throws ErrnoException also where they cannot be given
     */
    public WorkerLogs(LogSink sink, OptionalInt owner) throws ErrnoException {
        this.sink = sink;
        this.owner = owner;
        this.prepared = pipe(); // which tells whether it can be
        this.epoll = new Epoll(BATCH);
        this.wake = Posix.pipe();
        epoll.add(wake.readEnd(), WAKE);
        thread = new Thread(this::run, "worker logs");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The descriptor 2 of a worker that is about to be started. It stays this object's. Followed by {@link #started} or
     * {@link #failed}.
     */
    Fd open(long connection) throws ErrnoException {
        Pipe pipe = prepared == null ? pipe() : prepared;
        prepared = null;
        WorkerLog log = new WorkerLog(connection, pipe, epoll, sink);
        logs.put(connection, log);
        return log.writeEnd();
    }

    /** Makes the pipe of the next worker, which need not wait for it then. The thread that calls {@link #open}. */
    void prepare() {
        if (prepared == null) {
            try {
                prepared = pipe();
            } catch (ErrnoException e) {
                prepared = null; // open tries again, and tells
            }
        }
    }

    private Pipe pipe() throws ErrnoException {
        Pipe pipe = Posix.pipe();
        try {
            if (owner.isPresent()) {
                Posix.fchown(pipe.writeEnd(), owner.getAsInt());
            }
            return pipe;
        } catch (ErrnoException e) {
            pipe.close();
            throw e;
        }
    }

    /** The worker is there. It may have ended meanwhile. */
    void started(long connection, int worker) {
        WorkerLog log = logs.get(connection);
        if (log != null) {
            try {
                log.started(worker, logs.size() <= HELD_ENDS);
            } catch (ErrnoException e) {
                // ENOSPC (fs.epoll.max_user_watches), ENOMEM. What it writes is read all the same, when it ends.
                sink.line(connection, worker, "forkd: these lines come late: " + e.getMessage(), false);
            }
        }
    }

    /** There is no worker. */
    void failed(long connection) {
        sure(() -> forget(connection));
    }

    /**
     * The worker has been reaped. Does not wait.
     *
     * @param then tells its end; called once, here or on the thread, when all its lines have been told
     */
    public void ended(long connection, int worker, Runnable then) {
        WorkerLog log = logs.get(connection);
        if (log == null || endsNow(log, worker)) {
            logs.remove(connection);
            then.run();
        } else {
            news.add(new Ending(connection, log, then));
            wake();
        }
    }

    private static boolean endsNow(WorkerLog log, int worker) {
        try {
            return log.endsNow(worker);
        } catch (ErrnoException e) {
            throw broken(e);
        }
    }

    private void wake() {
        if (awake.compareAndSet(false, true)) {
            sure(() -> Posix.write(wake.writeEnd(), new byte[1], 0, 1));
        }
    }

    private void forget(long connection) throws ErrnoException {
        WorkerLog log = logs.remove(connection);
        if (log != null) {
            log.close();
        }
    }

    private void run() {
        sure(() -> {
            while (!closed || !news.isEmpty() || !endings.isEmpty()) {
                int ready = epoll.await(endings.isEmpty() ? null : Duration.ZERO);
                for (int i = 0; i < ready; i++) {
                    serve(epoll.key(i));
                }
                for (Ending next = news.poll(); next != null; next = news.poll()) {
                    next.log.end();
                    endings.add(next);
                }
                for (int i = endings.size(); i > 0; i--) {
                    Ending next = endings.remove();
                    if (!readOut(next)) {
                        endings.add(next);
                    }
                }
            }
        });
    }

    private void serve(long key) throws ErrnoException {
        if (key == WAKE) {
            // The flag first: who comes between the two lines writes a byte of its own.
            awake.set(false);
            Posix.read(wake.readEnd(), new byte[1], 0, 1);
            return;
        }
        WorkerLog log = logs.get(key);
        if (log != null && log.read() < 0) {
            if (log.isLeft()) {
                forget(key);
                left--;
            } else {
                log.rest(); // its worker's end is the reaper's business
            }
        }
    }

    /** Reads on; whether this was all. */
    private boolean readOut(Ending ending) throws ErrnoException {
        int count = ending.log.read();
        ending.budget -= Math.max(0, count);
        if (count > 0 && ending.budget > 0) {
            return false;
        }
        if (count < 0 || left == MAX_LEFT) {
            forget(ending.connection);
        } else {
            ending.log.leave();
            left++;
        }
        ending.then.run();
        return true;
    }

    /**
     * Waits until the ends of all workers that have been reaped are told, and forgets what they have left behind. Nobody opens any
     * more.
     */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the main thread", e);
        }
        logs.keySet().forEach(connection -> sure(() -> forget(connection)));
        if (prepared != null) {
            prepared.close();
        }
        wake.close();
        epoll.close();
    }

    /** A call on descriptors that are this object's own. */
    private interface Call {
        void make() throws ErrnoException;
    }

    private static void sure(Call call) {
        try {
            call.make();
        } catch (ErrnoException e) {
            throw broken(e);
        }
    }

    private static IllegalStateException broken(ErrnoException why) {
        return new IllegalStateException("the pipes of workers' messages are broken", why);
    }
}
