package forkd.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether processes and threads have ended or sleep, and what signals this process ignores, from /proc: proc(5). */
public final class ProcessState {
    private static final String IGNORED = "SigIgn:";
    private static final int HEX = 16;

    private ProcessState() {}

    /**
     * Whether a process or thread has ended; it may not have been reaped. Where /proc cannot be read, as without a free
     * descriptor, it has not: who asks may be about to leave it stopped.
     */
    public static boolean hasEnded(int tid) {
        return hasEnded(Path.of("/proc/" + tid));
    }

    static boolean hasEnded(Path folder) {
        try {
            return hasEnded(Files.readString(folder.resolve("stat")));
        } catch (IOException e) {
            // A thread that ends between open and read makes read fail (ESRCH). To look for a path takes no descriptor.
            return !Files.exists(folder);
        }
    }

    /** The signals that this process ignores, from bit 0 for number 1 on; all of them where /proc does not tell. */
    static long ignoredSignals() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(IGNORED)) {
                    return Long.parseUnsignedLong(
                            line.substring(IGNORED.length()).strip(), HEX);
                }
            }
        } catch (IOException e) {
            // as where there is no such line
        }
        return -1;
    }

    /** @param stat pid, name in parentheses, which may hold anything, and the state */
    static boolean hasEnded(String stat) {
        char state = state(stat);
        return state == 'Z' || state == 'X';
    }

    /**
     * Whether a thread waits for something that may be long in coming.
     *
     * @param stat as /proc/PID/task/TID/stat tells it
     */
    public static boolean isAsleep(String stat) {
        return state(stat) == 'S';
    }

    private static char state(String stat) {
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }
}
