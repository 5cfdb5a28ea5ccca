package forkd.launcher.freeze;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory of no file that nobody gives back to the kernel with MADV_DONTNEED, to have it as zeros: that of the JVM, which is the
 * Java heap and its tables, class data and compiled code, and large blocks of malloc's.
 *
 * <p>HotSpot gives memory back by mapping something else there, mmap(2): {@code libjvm.so} of JDK 17 has no call with
 * MADV_DONTNEED, that of JDK 25 has it for the parallel collector on machines of several nodes. malloc gives back a large block by
 * munmap(2). {@code native-notes/huge-pages.md}.
 *
 * <p>Not so an arena of malloc's, nor the end of it that is reserved, which malloc makes accessible with mprotect(2): it lies in 64 MiB at
 * a multiple of 64 MiB (glibc's HEAP_MAX_SIZE), of which the end is reserved. And what libraries of the user's do is not known: where
 * there is one no memory is known to be kept.
 */
final class KeptMemory {
    private static final long ARENA_BYTES = 64L << 20;

    private final Set<Mapping> kept = new HashSet<>();

    /**
     * @param mappings of a whole process, by address
     * @param canGrow a file may be so large that a mapping of it can grow, as realloc(3) has it with a large block; else nothing of no
     *     file is taken for kept
     * @param freeAddresses a process pays nothing for memory that it may write to and does not; else nothing that is only reserved is
     *     taken for kept
     */
    KeptMemory(List<Mapping> mappings, boolean canGrow, boolean freeAddresses) {
        if (canGrow && KnownLibraries.areAll(mappings)) {
            for (int i = 0; i < mappings.size(); i++) {
                Mapping mapping = mappings.get(i);
                boolean arena = i + 1 < mappings.size() && isArena(mapping, mappings.get(i + 1));
                boolean rest = i > 0 && isArena(mappings.get(i - 1), mapping);
                if (mapping.isAnonymous() && !arena && !rest && (mapping.isAccessible() || freeAddresses)) {
                    kept.add(mapping);
                }
            }
        }
    }

    private static boolean isArena(Mapping used, Mapping rest) {
        long start = rest.end() - ARENA_BYTES;
        return used.end() == rest.start() && rest.isReserved() && start % ARENA_BYTES == 0 && used.contains(start);
    }

    boolean contains(Mapping mapping) {
        return kept.contains(mapping);
    }
}
