package forkd.posix;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What ps(1) shows of this process. As PostgreSQL does, the title is written over the process's own argument area; its
 * first word and the next make the name of the main thread ({@code ps -o comm}, what PR_SET_NAME of prctl(2) sets).
 *
 * <p>Both are done through /proc, proc(5): {@code /proc/self/mem} at the place that fields 48 and 49 of
 * {@code /proc/self/stat} name, and {@code /proc/self/comm}. So no native library has to be loaded for it, which a fresh
 * worker JVM has no time for; and prctl would name the calling thread, while ps shows the main one, on which no Java code
 * runs. A title that does not fit is cut: behind the area lies the environment, which the JVM still reads.
 */
public final class ProcessTitle {
    private static final String STAT = "/proc/self/stat";
    private static final String COMM = "/proc/self/comm";
    private static final String MEMORY = "/proc/self/mem";

    private static final int ARG_START = 48;
    private static final int ARG_END = 49;
    /** Field 2 of stat, the name, may hold spaces; field 3 is the first after the last parenthesis. */
    private static final int FIRST_FIELD_AFTER_NAME = 3;

    /** More than the 52 numbers of proc(5) can take. */
    private static final int STAT_BYTES = 2048;

    private static final int COMM_BYTES = 15;

    private ProcessTitle() {}

    /**
     * Sets what ps(1) shows.
     *
     * @param name of the process, cut at 15 bytes
     * @param title the whole line
     * @throws IOException where /proc is not mounted or does not let us write
     */
    public static void set(String name, String title) throws IOException {
        long[] area = argumentArea();
        int room = (int) (area[1] - area[0]);
        if (room > 0) {
            // The last byte stays NUL: another value there makes the kernel read on into the environment.
            byte[] line = Arrays.copyOf(Arrays.copyOf(title.getBytes(StandardCharsets.UTF_8), room - 1), room);
            write(MEMORY, area[0], line);
        }
        byte[] comm = name.getBytes(StandardCharsets.UTF_8);
        write(COMM, 0, Arrays.copyOf(comm, Math.min(comm.length, COMM_BYTES)));
    }

    /**
     * The same for a process that lives for one connection, or for one server of many: where it cannot, its title is worth no line each
     * time. The launcher tells once of its own.
     */
    public static void trySet(String name, String title) {
        try {
            set(name, title);
        } catch (IOException e) {
            // Without a title all works as well.
        }
    }

    /** The first byte of the arguments and the first behind them. */
    static long[] argumentArea() throws IOException {
        byte[] buffer = new byte[STAT_BYTES];
        int length;
        // Not java.nio.file: it opens a socket pair for itself and keeps it, and a worker holds no stray descriptors.
        try (FileInputStream in = new FileInputStream(STAT)) {
            length = in.read(buffer);
        }
        String stat = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new long[] {
            Long.parseLong(fields[ARG_START - FIRST_FIELD_AFTER_NAME]),
            Long.parseLong(fields[ARG_END - FIRST_FIELD_AFTER_NAME])
        };
    }

    private static void write(String file, long position, byte[] bytes) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file, "rw")) {
            out.seek(position);
            out.write(bytes);
        }
    }
}
