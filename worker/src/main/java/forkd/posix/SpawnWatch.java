package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Pointer;

/**
 * Ends a child that does not get to its exec, because the thread that makes it waits for that and can do nothing else:
 *
 * <pre>
 *   accept loop                     child                           a hostile worker of the same user
 *   clone(CLONE_VFORK), waits
 *                                   setresuid
 *                                                                   kill(-1, SIGSTOP)
 *                                   stopped before execve
 *   waits for ever
 * </pre>
 *
 * One look every five seconds, from the first such child on; children that take that long are killed, and are failed starts.
 */
final class SpawnWatch {
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Map<Watched, Long> RUNNING = new ConcurrentHashMap<>();

    static {
        Thread thread = new Thread(SpawnWatch::run, "spawn watch");
        thread.setDaemon(true);
        thread.start();
    }

    private SpawnWatch() {}

    /** A child that is being made. */
    static final class Watched implements AutoCloseable {
        private final Pointer frame;

        private Watched(Pointer frame) {
            this.frame = frame;
        }

        @Override
        public void close() {
            synchronized (this) { // when this returns nobody sends a signal to that pid any more
                RUNNING.remove(this);
            }
        }

        private void killIfLate(long since) {
            synchronized (this) {
                int pid = frame.getInt(ChildCode.PID);
                if (RUNNING.containsKey(this) && pid > 0 && System.nanoTime() - since > LOOK.toNanos()) {
                    LIBC.kill(pid, Signal.SIGKILL.number());
                }
            }
        }
    }

    /** @param frame in which the kernel writes the child's pid */
    static Watched watch(Pointer frame) {
        Watched watched = new Watched(frame);
        RUNNING.put(watched, System.nanoTime());
        return watched;
    }

    private static void run() {
        while (true) {
            LockSupport.parkNanos(LOOK.toNanos());
            RUNNING.forEach(Watched::killIfLate);
        }
    }
}
