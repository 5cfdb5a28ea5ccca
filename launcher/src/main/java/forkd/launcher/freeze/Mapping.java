package forkd.launcher.freeze;

import forkd.posix.TracedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A line of /proc/PID/maps, proc(5).
 *
 * @param start of the first byte
 * @param end behind the last byte
 * @param protection PROT_READ and so on
 * @param shared whether another process sees what is written there
 * @param name the file, or something in brackets, or empty
 */
record Mapping(long start, long end, int protection, boolean shared, String name) {
    private static final int FIELDS = 6;
    private static final int HEX = 16;

    /** All mappings of a process, by address. */
    static List<Mapping> of(int pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/maps")).stream()
                .map(Mapping::parse)
                .toList();
    }

    static Mapping parse(String line) {
        String[] fields = line.split(" +", FIELDS);
        int dash = fields[0].indexOf('-');
        String flags = fields[1];
        int protection = (flags.charAt(0) == 'r' ? TracedMemory.PROT_READ : 0)
                | (flags.charAt(1) == 'w' ? TracedMemory.PROT_WRITE : 0)
                | (flags.charAt(2) == 'x' ? TracedMemory.PROT_EXEC : 0);
        return new Mapping(
                Long.parseUnsignedLong(fields[0].substring(0, dash), HEX),
                Long.parseUnsignedLong(fields[0].substring(dash + 1), HEX),
                protection,
                flags.charAt(3) == 's',
                fields.length < FIELDS ? "" : fields[FIELDS - 1].strip());
    }

    boolean contains(long address) {
        return start <= address && address < end;
    }

    /** The kernel's own: [stack], [vdso], [vvar]. The heap is an ordinary mapping in all but its name. */
    boolean isKernels() {
        return name.startsWith("[v") || name.equals("[stack]");
    }
}
