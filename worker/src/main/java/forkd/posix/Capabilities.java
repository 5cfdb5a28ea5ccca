package forkd.posix;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What root's power is divided into: capabilities(7). */
final class Capabilities {
    /** CAP_CHECKPOINT_RESTORE, the last one of Linux 5.9 to 6.18. */
    private static final int LAST_KNOWN = 40;

    private static final int LAST = read();

    private Capabilities() {}

    /** The highest number that this kernel knows. */
    static int last() {
        return LAST;
    }

    private static int read() {
        byte[] digits = new byte[16];
        // In one read: the second read of a file of /proc/sys finds its end, and Files.readString reads a byte first.
        try (FileInputStream file = new FileInputStream("/proc/sys/kernel/cap_last_cap")) {
            return Integer.parseInt(new String(digits, 0, file.read(digits), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            return LAST_KNOWN; // no /proc/sys; dropping one that does not exist fails, and says so
        }
    }
}
