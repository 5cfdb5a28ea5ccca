package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.ResourceLimit;
import forkd.posix.TracedMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

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
    private final List<Run> runs;
    /** From the beginning of the file so many bytes are in huge pages. */
    private final long hugeBytes;

    private final long bytes;
    private long fileBytes;
    private long descriptor;
    private long room;
    private long shared;

    /** @param runs what goes into it */
    FileOfStem(int pid, ChildWatch children, TracedMemory memory, List<Run> runs) {
        this.pid = pid;
        this.children = children;
        this.memory = memory;
        List<Run> huge = ofKind(runs, Run.Kind.HUGE_FILE);
        List<Run> libraries = ofKind(runs, Run.Kind.FILE);
        // Huge pages lie at multiples of their size. The pages of a library are mapped one by one, but the kernel
        // has less work with neighbours that are parts of one huge page: it maps and unmaps them in one go.
        this.runs = Stream.of(huge, libraries, ofKind(runs, Run.Kind.STACKS))
                .flatMap(List::stream)
                .toList();
        this.hugeBytes = huge.isEmpty() ? 0 : roundUp(bytes(huge) + bytes(libraries));
        this.bytes = Math.max(hugeBytes, bytes(this.runs));
    }

    private static List<Run> ofKind(List<Run> runs, Run.Kind kind) {
        return runs.stream().filter(run -> run.kind() == kind).toList();
    }

    private static long roundUp(long bytes) {
        return bytes + RebuildPlan.HUGE_BYTES - 1 & -RebuildPlan.HUGE_BYTES;
    }

    private static long bytes(List<Run> runs) {
        return runs.stream().mapToLong(Run::bytes).sum();
    }

    /** Whether the file can be so large that a mapping of it may grow. */
    static boolean canGrow(int pid) throws IOException {
        return FileSizeLimit.of(pid) == ResourceLimit.INFINITY;
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
        long limit = FileSizeLimit.of(pid);
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
        long at = shared;
        for (Run run : runs) {
            copy.copy(run, at);
            at += run.bytes();
        }
        boolean[] collapsed = {false};
        children.withoutReaping(pid, () -> {
            collapsed[0] = collapse();
            memory.unmap(room, bytes + RebuildPlan.HUGE_BYTES);
            if (collapsed[0]) {
                replace();
            }
            memory.close(descriptor);
        });
        return collapsed[0];
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
        room = memory.map(bytes + RebuildPlan.HUGE_BYTES);
        shared = roundUp(room);
        memory.mapShared(shared, bytes, descriptor);
    }

    /** The kernel gives files in memory huge pages by itself only where {@code shmem_enabled} says so, which is rare. */
    private boolean collapse() throws ErrnoException {
        for (int left = TRIES; hugeBytes > 0; left--) {
            try {
                memory.collapse(shared, hugeBytes);
                return true;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EAGAIN || left == 1) {
                    return false; // a kernel before 6.1, shmem_enabled=deny, or no huge page is left
                }
            }
        }
        return true;
    }

    /** As long as somebody has mapped the file to write to it there is no seal. */
    private void replace() throws ErrnoException {
        memory.seal(descriptor);
        long offset = 0;
        for (Run run : runs) {
            memory.mapOver(run.start(), run.bytes(), run.protection(), descriptor, offset);
            offset += run.bytes();
        }
    }
}
