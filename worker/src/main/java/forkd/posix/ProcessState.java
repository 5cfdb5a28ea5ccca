package forkd.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether processes and threads have ended, from /proc: proc(5). */
public final class ProcessState {
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

    /** @param stat pid, name in parentheses, which may hold anything, and the state */
    static boolean hasEnded(String stat) {
        char state = stat.charAt(stat.lastIndexOf(')') + 2);
        return state == 'Z' || state == 'X';
    }
}
