package forkd.launcher.freeze;

import forkd.posix.ResourceLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A limit of a process, setrlimit(2). Read from /proc/PID/limits, proc(5), which everybody may look at; prlimit(2) tells it of a process of
 * another user only to who has CAP_SYS_RESOURCE.
 */
enum ProcessLimit {
    /** How large a file may be that it writes, in bytes: RLIMIT_FSIZE. */
    FILE_SIZE("Max file size"),
    /** How much private memory it may have that can be written to, in bytes, whether it is used or not: RLIMIT_DATA. */
    DATA("Max data size");

    private final String name;

    ProcessLimit(String name) {
        this.name = name;
    }

    /** The soft limit; {@link ResourceLimit#INFINITY} if there is none. */
    long of(int pid) throws IOException {
        return of(Files.readAllLines(Path.of("/proc/" + pid + "/limits")));
    }

    long of(List<String> limits) throws IOException {
        for (String line : limits) {
            if (line.startsWith(name)) {
                String soft = line.substring(name.length()).strip().split(" +", 2)[0];
                return soft.equals("unlimited") ? ResourceLimit.INFINITY : Long.parseUnsignedLong(soft);
            }
        }
        throw new IOException("/proc has no limit called " + name);
    }
}
