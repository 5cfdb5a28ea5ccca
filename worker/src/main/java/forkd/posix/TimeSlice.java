package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.io.File;
import java.time.Duration;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * How long a thread may run before the scheduler looks whether it is another's turn: sched_setattr(2), which has this for ordinary
 * threads since Linux 6.12. A thread that wakes takes the processor at once from one whose slice is longer than its own. Shares
 * of the processor are the same as ever, so no privilege is needed. New threads and processes get their maker's slice.
 */
public final class TimeSlice {
    /** As the kernel chooses. */
    public static final Duration DEFAULT = Duration.ZERO;

    /** The longest one. */
    public static final Duration LONG = Duration.ofMillis(100);

    private static final int THIS_THREAD = 0;
    private static final int SYS_SCHED_SETATTR_X86_64 = 314;
    private static final int SYS_SCHED_GETATTR_X86_64 = 315;
    /** struct sched_attr of Linux 3.14, which every later one takes. */
    private static final int BYTES = 48;

    private static final int FLAGS = 8;
    private static final int RUNTIME = 24;

    private TimeSlice() {}

    /**
     * Does not block.
     *
     * @return false where the kernel refuses it
     */
    public static boolean ofThisThread(Duration slice) {
        return set(THIS_THREAD, slice);
    }

    /** All threads that a process has now; of one that has ended, or that may not be changed, nothing. Any thread; does not block. */
    public static void ofProcess(int pid, Duration slice) {
        String[] threads = new File("/proc/" + pid + "/task").list();
        if (threads != null) {
            for (String tid : threads) {
                set(Integer.parseInt(tid), slice);
            }
        }
    }

    /** The slice of a thread; empty where there is no such thread. */
    static Optional<Duration> of(int tid) {
        Pointer attributes = Native.scratch();
        return get(tid, attributes) ? Optional.of(Duration.ofNanos(attributes.getLong(RUNTIME))) : Optional.empty();
    }

    private static boolean set(int tid, Duration slice) {
        Pointer attributes = Native.scratch();
        if (!get(tid, attributes)) {
            return false;
        }
        attributes.putLong(FLAGS, 0);
        attributes.putLong(RUNTIME, slice.toNanos());
        return LIBC.syscall(SYS_SCHED_SETATTR_X86_64, tid, attributes.address(), 0, 0, 0) == 0;
    }

    private static boolean get(int tid, Pointer attributes) {
        attributes.setMemory(0, BYTES, (byte) 0);
        return LIBC.syscall(SYS_SCHED_GETATTR_X86_64, tid, attributes.address(), BYTES, 0, 0) == 0;
    }
}
