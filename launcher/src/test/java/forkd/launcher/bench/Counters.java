package forkd.launcher.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.LongStream;

/**
 * What the processes of one server have used: those that live, and those that they have waited for. Another program on the same
 * machine is not counted.
 *
 * @param cpuNanos processor time; the kernel gives it in hundredths of a second
 * @param faults of pages that needed no disk
 */
record Counters(long cpuNanos, long faults) {
    private static final long TICK_NANOS = 10_000_000;
    /** Fields of /proc/PID/stat, counted after the name, which may have blanks; proc(5). */
    private static final int FAULTS = 7;

    private static final int FAULTS_OF_CHILDREN = 8;
    private static final int FIRST_TIME = 11;
    private static final int LAST_TIME = 14;

    static Counters of(LongStream pids) throws IOException {
        long ticks = 0;
        long faults = 0;
        for (long pid : pids.toArray()) {
            String[] fields = fields(pid);
            if (fields.length > LAST_TIME) {
                faults += Long.parseLong(fields[FAULTS]) + Long.parseLong(fields[FAULTS_OF_CHILDREN]);
                for (int i = FIRST_TIME; i <= LAST_TIME; i++) {
                    ticks += Long.parseLong(fields[i]);
                }
            }
        }
        return new Counters(ticks * TICK_NANOS, faults);
    }

    /** None if it has ended since it was listed: then its parent has them. */
    private static String[] fields(long pid) throws IOException {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        } catch (NoSuchFileException e) {
            return new String[0];
        }
    }

    Counters since(Counters before) {
        return new Counters(cpuNanos - before.cpuNanos, faults - before.faults);
    }
}
