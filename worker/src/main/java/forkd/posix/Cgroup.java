package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;

/** A control group, version 2, by its folder: cgroups(7). */
public final class Cgroup {
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MODE = 0755;

    private Cgroup() {}

    /** int mkdir(const char *pathname, mode_t mode); mkdir(2). */
    public static void make(String folder) throws ErrnoException {
        if (Native.files().mkdir(Native.string(folder), MODE) < 0) {
            throw Native.failed("mkdir", folder);
        }
    }

    /**
     * int rmdir(const char *pathname); rmdir(2).
     *
     * @return false where a process is in it (EBUSY)
     */
    public static boolean remove(String folder) throws ErrnoException {
        if (Native.files().rmdir(Native.string(folder)) == 0) {
            return true;
        }
        Errno errno = Native.errno();
        if (errno == Errno.ENOENT) {
            return true;
        }
        if (errno == Errno.EBUSY) {
            return false;
        }
        throw new ErrnoException("rmdir(" + folder + ")", errno);
    }

    /** Writes one of its files in a single write(2), as the kernel wants it. */
    public static void set(String folder, String file, String value) throws ErrnoException {
        String path = folder + "/" + file;
        int number = LIBC.open(Native.string(path), O_WRONLY | O_CLOEXEC, 0);
        if (number < 0) {
            throw Native.failed("open", path);
        }
        try (Fd open = new Fd(number)) {
            byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
            Pointer memory = Native.buffer(bytes.length);
            memory.put(0, bytes, 0, bytes.length);
            if (LIBC.write(open.number(), memory, bytes.length) < 0) {
                throw Native.failed("write", path + ", " + value);
            }
        }
    }
}
