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
 * @param offset where in the file it begins
 * @param name the file, or something in brackets, or empty
 */
record Mapping(long start, long end, int protection, boolean shared, long offset, String name) {
    static final int INACCESSIBLE = 0;

    /** Guards of stacks have a few pages; HotSpot takes address space by the megabyte. */
    private static final long MAX_GUARD_BYTES = 64 << 10;

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
                Long.parseUnsignedLong(fields[2], HEX),
                fields.length < FIELDS ? "" : fields[FIELDS - 1].strip());
    }

    // Sets and lists of them are searched in a start, where those that a record has by itself are slow.

    @Override
    public boolean equals(Object other) {
        return other instanceof Mapping mapping
                && start == mapping.start
                && end == mapping.end
                && protection == mapping.protection
                && shared == mapping.shared
                && offset == mapping.offset
                && name.equals(mapping.name);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(start);
    }

    boolean contains(long address) {
        return start <= address && address < end;
    }

    /** The same up to its bounds. */
    Mapping part(long from, long to) {
        return new Mapping(from, to, protection, shared, offset + from - start, name);
    }

    /** Whether it is where the first bytes of the file would be that the next mapping shows the rest of. */
    boolean isFrontOf(Mapping next) {
        return end == next.start && next.isOfFile() && next.offset == end - start;
    }

    long bytes() {
        return end - start;
    }

    int pages() {
        return (int) (bytes() / PageTable.PAGE_BYTES);
    }

    boolean isAccessible() {
        return protection != INACCESSIBLE;
    }

    /** Whether it is address space that nobody has used yet, and no guard. */
    boolean isReserved() {
        return !isAccessible() && bytes() > MAX_GUARD_BYTES;
    }

    boolean isExecutable() {
        return (protection & TracedMemory.PROT_EXEC) != 0;
    }

    /** Whether it shows a file's bytes where nothing has been written; memory of no file is zeros there. */
    boolean isOfFile() {
        return name.startsWith("/");
    }

    /** Whether it is memory that the process got by mmap(2) for itself alone, or address space for it. */
    boolean isAnonymous() {
        return !shared && name.isEmpty();
    }

    /** What brk(2) gave, whose name is [heap]; the C library's malloc takes from it first. */
    boolean isBreak() {
        return name.equals("[heap]");
    }

    /** The kernel's own: [stack], [vdso], [vvar]. */
    boolean isKernels() {
        return name.startsWith("[v") || name.equals("[stack]");
    }
}
