package forkd.launcher.freeze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How long the proof of a stem may take. The worker that gives it collects all garbage: it looks at whatever lives, and copies each page
 * that it writes to, which is most of a heap.
 */
final class ProofTime {
    private static final Duration LEAST = Duration.ofSeconds(10);
    /** Where a page fault takes long, a GiB was seen to take ten seconds. */
    private static final Duration MORE_FOR_GIBIBYTE = Duration.ofSeconds(20);

    private static final double GIBIBYTE = 1 << 30;

    private ProofTime() {}

    /** For a stem as it is now; after its memory has been moved to a file the kernel does not count that as its own. */
    static Duration of(int pid) {
        try {
            return of(residentBytes(Files.readString(Path.of("/proc/" + pid + "/statm"))));
        } catch (IOException e) {
            return LEAST; // it has ended, which the proof will tell, or /proc does not show it
        }
    }

    static Duration of(long residentBytes) {
        double gibibytes = residentBytes / GIBIBYTE;
        return LEAST.plusMillis((long) (gibibytes * MORE_FOR_GIBIBYTE.toMillis()));
    }

    /** @param statm pages of the address space, of them in memory, and more: proc_pid_statm(5) */
    static long residentBytes(String statm) {
        return Long.parseLong(statm.split(" ", 3)[1]) * PageTable.PAGE_BYTES;
    }
}
