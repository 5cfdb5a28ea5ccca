package forkd.launcher.freeze;

import forkd.posix.ResourceLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process pays for memory that it has mapped and does not use. */
final class AddressSpace {
    private static final Path OVERCOMMIT = Path.of("/proc/sys/vm/overcommit_memory");
    /** The kernel promises no more than it has: proc(5). */
    private static final String NEVER = "2";

    private AddressSpace() {}

    /**
     * Whether that is nothing, though it may write to it. What it may not is free always, and so the JVM has it as long as it is only
     * reserved.
     */
    static boolean isFree(int pid) throws IOException {
        return Files.isReadable(OVERCOMMIT)
                && !Files.readString(OVERCOMMIT).strip().equals(NEVER)
                && ProcessLimit.DATA.of(pid) == ResourceLimit.INFINITY;
    }
}
