package forkd.zygote;

import forkd.posix.ProcessState;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** HotSpot's compiler threads, as the kernel shows them: proc_pid_stat(5). */
final class Compilers {
    private static final String THREADS = "/proc/self/task";
    /** The kernel knows the first 15 characters of "C1 CompilerThread0". */
    private static final String NAME = "(C1 CompilerThre";

    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);
    /** A compiler may sleep for a moment within its work, where it waits for a lock. */
    private static final int QUIET_TICKS = 3;

    private static final int LINE_BYTES = 512;

    private Compilers() {}

    /**
     * Waits until C1 has compiled what is asked of it.
     *
     * @param most for which it waits; what another thread keeps it busy with may have no end
     */
    static void awaitRest(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        for (int quiet = 0; quiet < QUIET_TICKS && System.nanoTime() < deadline; ) {
            LockSupport.parkNanos(TICK);
            quiet = areAtRest() ? quiet + 1 : 0;
        }
    }

    private static boolean areAtRest() {
        String[] threads = new File(THREADS).list();
        if (threads == null) {
            return true; // there is no /proc
        }
        for (String thread : threads) {
            String stat = stat(thread);
            if (stat.contains(NAME) && !ProcessState.isAsleep(stat)) {
                return false;
            }
        }
        return true;
    }

    private static String stat(String thread) {
        try (FileInputStream file = new FileInputStream(THREADS + "/" + thread + "/stat")) {
            return new String(file.readNBytes(LINE_BYTES), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}
