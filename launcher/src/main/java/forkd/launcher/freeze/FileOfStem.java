package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.ResourceLimit;
import forkd.posix.TracedMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file in memory, memfd_create(2), that takes what no worker gives back to the kernel. A fork copies entries of its page
 * table for what a process has written, and for a file's pages none: the child finds them in the file when it touches them, a
 * huge page in one step, and copies those small pages that it writes to. Nobody can write to the file, whose seals are set before
 * it is used, and nobody can open it.
 *
 * <p>The stem makes all calls. Used on one thread.
 */
final class FileOfStem {
    private static final byte[] NAME = "forkd-stem\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZERO = {0};
    /** A page may be in use for a moment, by whom the kernel has look at memory. */
    private static final int TRIES = 3;
    /**
     * The file has so many bytes more, which take no memory. A large block of malloc's may be among what was moved, and realloc(3)
     * lets its mapping grow, mremap(2): behind a file's end there would be SIGBUS.
     */
    private static final long GROWTH_BYTES = 1L << 40;

    private final int pid;
    private final ChildWatch children;
    private final TracedMemory memory;
    /** What is mapped at its first byte, by its place in the file. */
    private final SortedMap<Long, Stretch> stretches = new TreeMap<>();

    private final List<Island> islands = new ArrayList<>();
    /** Of all islands, which are mapped one behind the other while they are filled. */
    private final long islandBytes;
    /** Whether whole blocks are among what goes into it; libraries alone need no huge pages. */
    private final boolean huge;

    private final long bytes;
    private long fileBytes;
    private long descriptor;
    private long room;
    private long shared;

    /** @param all what goes into it */
    FileOfStem(int pid, ChildWatch children, TracedMemory memory, List<Stretch> all) {
        this.pid = pid;
        this.children = children;
        this.memory = memory;
        long end = 0;
        for (Stretch stretch : all) {
            // A huge page is mapped as one only where its address and its place in the file are multiples of its size.
            islands.addAll(Island.of(stretch, end));
            long offset = end + stretch.start() % RebuildPlan.HUGE_BYTES;
            stretches.put(offset, stretch);
            end = roundUp(offset + stretch.bytes());
        }
        this.bytes = end;
        this.islandBytes = islands.stream().mapToLong(Island::bytes).sum();
        this.huge = all.stream().flatMap(stretch -> stretch.runs().stream()).anyMatch(Run::isHuge);
    }

    private static long roundUp(long bytes) {
        return bytes + RebuildPlan.HUGE_BYTES - 1 & -RebuildPlan.HUGE_BYTES;
    }

    /** Whether the file can be so large that a mapping of it may grow. */
    static boolean canGrow(int pid) throws IOException {
        return ProcessLimit.FILE_SIZE.of(pid) == ResourceLimit.INFINITY;
    }

    /**
     * Moves all of it.
     *
     * @return false where there can be no such file; then nothing has changed
     * @throws IOException where the stem cannot be used any more
     */
    boolean take(ProcessMemory contents, MemoryCopy copy) throws IOException {
        if (bytes == 0) {
            return true;
        }
        // The kernel would kill the stem for a file above its limit, as soon as it goes on.
        long limit = ProcessLimit.FILE_SIZE.of(pid);
        if (limit != ResourceLimit.INFINITY && limit < bytes) {
            return false;
        }
        fileBytes = limit == ResourceLimit.INFINITY ? bytes + GROWTH_BYTES : bytes;
        try {
            children.withoutReaping(pid, () -> create(contents));
        } catch (ErrnoException e) {
            return false; // a limit of descriptors, a filter, or a kernel that has no such files
        }
        children.withoutReaping(pid, this::map);
        boolean[] collapsed = {false};
        children.withoutReaping(pid, () -> collapsed[0] = collapse(contents));
        if (collapsed[0]) {
            copy(copy);
        }
        children.withoutReaping(pid, () -> {
            memory.unmap(room, islandBytes + RebuildPlan.HUGE_BYTES);
            if (collapsed[0]) {
                replace();
            }
            memory.close(descriptor);
        });
        return collapsed[0];
    }

    private void copy(MemoryCopy copy) throws IOException {
        long at = shared;
        for (Island island : islands) {
            for (Run run : island.runs()) {
                copy.copy(run, at + run.start() - island.start());
            }
            at += island.bytes();
        }
    }

    private void create(ProcessMemory contents) throws IOException {
        long name = memory.map(NAME.length);
        try {
            contents.write(name, ByteBuffer.wrap(NAME));
            descriptor = memory.createFile(name);
        } finally {
            memory.unmap(name, NAME.length);
        }
    }

    private void map() throws ErrnoException {
        memory.resize(descriptor, fileBytes);
        room = memory.map(islandBytes + RebuildPlan.HUGE_BYTES);
        shared = roundUp(room);
        long at = shared;
        for (Island island : islands) {
            memory.mapShared(at, island.bytes(), descriptor, island.offset());
            at += island.bytes();
        }
    }

    /**
     * The kernel gives files in memory huge pages by itself only where {@code shmem_enabled} says so, which is rare. It is done before
     * anything is copied: a block with one page is enough for it, and then there are no small pages to be filled one by one, each with
     * a page fault, and to be copied once more.
     *
     * @return false where they are needed and there are none
     */
    private boolean collapse(ProcessMemory contents) throws IOException {
        if (!huge) {
            return true;
        }
        long at = shared;
        for (Island island : islands) {
            for (Island.Range range : island.huge()) {
                if (!collapse(contents, at + range.start() - island.start(), range.bytes())) {
                    return false;
                }
            }
            at += island.bytes();
        }
        return true;
    }

    private boolean collapse(ProcessMemory contents, long start, long length) throws IOException {
        for (long block = start; block < start + length; block += RebuildPlan.HUGE_BYTES) {
            contents.write(block, ByteBuffer.wrap(ZERO)); // a block without any page cannot be collapsed
        }
        for (int left = TRIES; ; left--) {
            try {
                memory.collapse(start, length);
                return true;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EAGAIN || left == 1) {
                    return false; // a kernel before 6.1, shmem_enabled=deny, or no huge page is left
                }
            }
        }
    }

    /** As long as somebody has mapped the file to write to it there is no seal. */
    private void replace() throws ErrnoException {
        memory.seal(descriptor);
        for (Map.Entry<Long, Stretch> entry : stretches.entrySet()) {
            Stretch stretch = entry.getValue();
            memory.mapOver(stretch.start(), stretch.bytes(), stretch.protection(), descriptor, entry.getKey());
        }
    }
}
