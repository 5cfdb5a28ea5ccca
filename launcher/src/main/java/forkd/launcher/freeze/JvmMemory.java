package forkd.launcher.freeze;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory of no file that HotSpot has taken for itself: the Java heap and its tables, class data, compiled code. It reserves
 * address space and makes it accessible from its lower end, so behind such memory lies what is still inaccessible.
 *
 * <p>HotSpot gives such memory back by mapping something else there, mmap(2), and never with MADV_DONTNEED: {@code libjvm.so} of
 * JDK 17 has no such call, that of JDK 25 has it for the parallel collector on machines of several nodes.
 * {@code native-notes/huge-pages.md}.
 *
 * <p>An arena of malloc's looks alike, and is given back so. It lies in 64 MiB at a multiple of 64 MiB (glibc's HEAP_MAX_SIZE),
 * by which it is told apart. And what libraries of the user's do is not known: where there is one nothing is the JVM's.
 */
final class JvmMemory {
    private static final long ARENA_BYTES = 64L << 20;

    private final Set<Mapping> own = new HashSet<>();

    /** @param mappings of a whole process, by address */
    JvmMemory(List<Mapping> mappings) {
        if (KnownLibraries.areAll(mappings)) {
            for (int i = 1; i < mappings.size(); i++) {
                Mapping used = mappings.get(i - 1);
                if (used.isAnonymous() && used.isAccessible() && isRestOf(used, mappings.get(i))) {
                    own.add(used);
                }
            }
        }
    }

    private static boolean isRestOf(Mapping used, Mapping next) {
        long arena = next.end() - ARENA_BYTES;
        boolean isArena = arena % ARENA_BYTES == 0 && used.contains(arena);
        return used.end() == next.start() && next.isAnonymous() && next.isReserved() && !isArena;
    }

    boolean contains(Mapping mapping) {
        return own.contains(mapping);
    }
}
