package forkd.launcher.freeze;

import forkd.posix.ResourceLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How large a file of a process may be, in bytes: RLIMIT_FSIZE, setrlimit(2). Read from /proc/PID/limits, proc(5), which everybody may
 * look at; prlimit(2) tells it of a process of another user only to who has CAP_SYS_RESOURCE.
 */
final class FileSizeLimit {
    private static final String NAME = "Max file size";

    private FileSizeLimit() {}

    /** The soft limit; {@link ResourceLimit#INFINITY} if there is none. */
    static long of(int pid) throws IOException {
        return of(Files.readAllLines(Path.of("/proc/" + pid + "/limits")));
    }

    static long of(List<String> limits) throws IOException {
        for (String line : limits) {
            if (line.startsWith(NAME)) {
                String soft = line.substring(NAME.length()).strip().split(" +", 2)[0];
                return soft.equals("unlimited") ? ResourceLimit.INFINITY : Long.parseUnsignedLong(soft);
            }
        }
        throw new IOException("/proc has no limit of file sizes");
    }
}
