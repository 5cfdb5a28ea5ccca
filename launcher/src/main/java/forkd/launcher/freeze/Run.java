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
        /** Whole huge pages of no file. A fork copies an entry for each, and sets aside a page table. */
        HUGE,
        /** Whole huge pages of a file in memory. A fork copies nothing, and a child looks up each that it touches. */
        HUGE_FILE,
        /** Small pages of no file. A fork copies an entry for each. */
        SMALL,
        /** Small pages of a file in memory. A fork copies nothing, and a child looks up what it touches. */
        FILE,
        /** The same of stacks of sleeping threads, and of the guards between them, which do not trap any more. */
        STACKS
    }

    boolean isHuge() {
        return kind == Kind.HUGE || kind == Kind.HUGE_FILE;
    }

    boolean isInFile() {
        return kind == Kind.HUGE_FILE || kind == Kind.FILE || kind == Kind.STACKS;
    }

    boolean contains(Mapping mapping) {
        return start <= mapping.start() && mapping.end() <= end;
    }

    long bytes() {
        return end - start;
    }

    /** Whether a block that begins at an address could be a part of this. */
    boolean isBefore(long block, int itsProtection, Kind itsKind) {
        return end == block && protection == itsProtection && kind == itsKind;
    }

    static int protectionOf(List<Mapping> parts) {
        return parts.stream().mapToInt(Mapping::protection).reduce(Mapping.INACCESSIBLE, (a, b) -> a | b);
    }
}
