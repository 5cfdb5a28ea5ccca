package forkd.launcher.freeze;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is mapped in a stem, and what of it has to stay as it is:
 *
 * <ul>
 *   <li>a guard: a short inaccessible mapping, such as those under stacks and HotSpot's page for safepoints, that has to go on
 *       trapping;
 *   <li>memory that is shared with others, and the kernel's own;
 *   <li>the stack of the thread that makes the system calls.
 * </ul>
 */
final class StemLayout {
    private final List<Mapping> mappings;
    private final long stackPointer;
    private final List<ThreadStack> sleepers;
    private final KeptMemory kept;

    /**
     * @param mappings by address
     * @param stackPointer of the only thread
     * @param sleepers the stacks of the threads that are not there
     * @param kept what of it nobody gives back
     */
    StemLayout(List<Mapping> mappings, long stackPointer, List<ThreadStack> sleepers, KeptMemory kept) {
        this.mappings = List.copyOf(mappings);
        this.stackPointer = stackPointer;
        this.sleepers = List.copyOf(sleepers);
        this.kept = kept;
    }

    List<Mapping> mappings() {
        return mappings;
    }

    boolean hasToStay(Mapping mapping) {
        return isGuard(mapping) || mapping.shared() || mapping.isKernels() || mapping.contains(stackPointer);
    }

    /**
     * JDK 25 makes the first page of the class archive inaccessible, where no class can be, so that a wrong class pointer
     * traps. This helps to find errors in HotSpot, which older releases do without; it is no guard that anything depends on.
     */
    private boolean isGuard(Mapping mapping) {
        return !mapping.isAccessible()
                && !mapping.isReserved()
                && mappings.stream().noneMatch(mapping::isFrontOf);
    }

    /**
     * The guard below the stack of a thread that only the launcher revives, which gives it back then: {@link Revival}. Meanwhile nobody
     * runs on that stack, and the guard need not trap. Each is two mappings less for a fork.
     *
     * @return empty where it has to stay
     */
    Optional<Mapping> guardOf(ThreadStack stack) {
        if (stack.keepsGuard()) {
            return Optional.empty();
        }
        return mappings.stream()
                .filter(mapping -> isSleepers(mapping, stack))
                .findAny()
                .flatMap(mapping -> mappings.stream()
                        .filter(below -> below.end() == mapping.start() && isGuard(below))
                        .findAny());
    }

    private boolean isSleepers(Mapping mapping, ThreadStack stack) {
        return stack.isAllOf(mapping) && !mapping.contains(stackPointer);
    }

    /** Whether it belongs to sleeping threads alone: a stack, or a guard that is given back when its thread wakes. */
    boolean isSleepers(Mapping mapping) {
        return sleepers.stream()
                .anyMatch(stack -> isSleepers(mapping, stack)
                        || guardOf(stack).filter(mapping::equals).isPresent());
    }

    /**
     * Whether its bytes may become a file's. Not if somebody could give it back to the kernel with MADV_DONTNEED, to have it
     * as zeros: it would be the file's bytes again. Memory allocators do so with what they got from mmap(2), the C library's
     * with its arenas; what it got from brk(2) it gives back by brk(2), and HotSpot its own by mmap(2).
     */
    boolean canBeInFile(Mapping mapping) throws IOException {
        return mapping.isOfFile()
                || mapping.isBreak()
                || kept.contains(mapping)
                || isSleepers(mapping)
                || isZeroedData(mapping);
    }

    /** What is mapped in a range, as far as it is in the range. */
    List<Mapping> between(long from, long to) {
        return mappings.stream()
                .filter(mapping -> mapping.start() < to && from < mapping.end())
                .map(mapping -> mapping.part(Math.max(from, mapping.start()), Math.min(to, mapping.end())))
                .toList();
    }

    /**
     * Whether it may become a part of the stem's file for what lies on both sides of it: address space that the JVM has reserved, which
     * it maps memory over when it wants some, and pieces of files that nobody else sees.
     *
     * @param part of a mapping, or all of it
     */
    boolean canLieInFile(Mapping part) {
        Mapping whole = mappings.stream()
                .filter(mapping -> mapping.contains(part.start()))
                .findAny()
                .orElseThrow();
        if (hasToStay(whole)) {
            return false;
        }
        return whole.isAccessible() ? whole.isOfFile() : whole.isReserved() && kept.contains(whole);
    }

    /** Whether it is a library's variables that begin as zeros, behind those that come from its file. */
    boolean isZeroedData(Mapping mapping) throws IOException {
        if (mapping.isOfFile()) {
            return false;
        }
        for (Mapping before : mappings) {
            if (before.end() == mapping.start() && before.isOfFile()) {
                return mapping.end() <= ElfFile.endOfData(before);
            }
        }
        return false;
    }
}
