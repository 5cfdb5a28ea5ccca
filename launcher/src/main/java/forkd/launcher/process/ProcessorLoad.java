package forkd.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the machine's processors have time left: proc(5), /proc/stat. What runs at a low priority does not count, since
 * it makes room. Used on one thread.
 */
final class ProcessorLoad implements SpareDemand.Processors {
    private static final Path STAT = Path.of("/proc/stat");

    // The columns of the first line, in ticks of all processors together.
    private static final int NICE = 2;
    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int STEAL = 8;
    /** Busy is who has less left than one part of so many. */
    private static final int PARTS = 10;

    private long lastTotal;
    private long lastFree;

    @Override
    public void mark() {
        wereBusy(ticks());
    }

    /** False where nobody knows: then all is as if there were time. */
    @Override
    public boolean wereBusy() {
        return wereBusy(ticks());
    }

    private static String ticks() {
        try (var lines = Files.lines(STAT)) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** @param line such as {@code cpu  10 0 5 200 1 0 0 0 0 0} */
    boolean wereBusy(String line) {
        String[] ticks = line.split(" +", -1);
        if (ticks.length <= STEAL) {
            return false;
        }
        long total = 0;
        for (int i = 1; i <= STEAL; i++) {
            total += Long.parseLong(ticks[i]);
        }
        long free = Long.parseLong(ticks[NICE]) + Long.parseLong(ticks[IDLE]) + Long.parseLong(ticks[IOWAIT]);
        long passed = total - lastTotal;
        long left = free - lastFree;
        lastTotal = total;
        lastFree = free;
        return passed > 0 && left < passed / PARTS;
    }
}
