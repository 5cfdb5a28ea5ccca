package forkd.launcher.freeze;

import java.util.List;

/**
 * Memory of a stem that becomes one mapping.
 *
 * @param start of its first byte
 * @param end behind its last byte
 * @param protection PROT_READ and so on
 * @param kind what it consists of then
 * @param readable what is mapped there and can be read
 */
record Run(long start, long end, int protection, Kind kind, List<Mapping> readable) {
    /** What memory consists of. */
    enum Kind {
        /** Whole huge pages. */
        HUGE,
        /** Small pages of no file. A fork copies an entry for each. */
        SMALL,
        /** Pages of a file in memory. A fork copies nothing, and a child looks up what it touches. */
        FILE
    }

    long bytes() {
        return end - start;
    }

    static int protectionOf(List<Mapping> parts) {
        return parts.stream().mapToInt(Mapping::protection).reduce(Mapping.INACCESSIBLE, (a, b) -> a | b);
    }
}
