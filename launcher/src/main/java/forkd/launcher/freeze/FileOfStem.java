package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import forkd.posix.TracedMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A file in memory, memfd_create(2), that takes what a stem keeps but hardly any worker touches. A fork copies entries of its page
 * table for what a process has written, and for a file's pages none: the child finds them in the file when it touches them, and
 * copies those that it writes to. Nobody can write to the file, whose seals are set before it is used, and nobody can open it.
 *
 * <p>The stem makes all calls. Used on one thread.
 */
final class FileOfStem {
    private static final byte[] NAME = "forkd-stem\0".getBytes(StandardCharsets.US_ASCII);

    private final int pid;
    private final ChildWatch children;
    private final TracedMemory memory;
    private final List<Run> runs;
    private final long bytes;
    private long descriptor;
    private long shared;

    /** @param runs what goes into the file */
    FileOfStem(int pid, ChildWatch children, TracedMemory memory, List<Run> runs) {
        this.pid = pid;
        this.children = children;
        this.memory = memory;
        this.runs = runs;
        this.bytes = runs.stream().mapToLong(Run::bytes).sum();
    }

    /**
     * Moves them. Where there can be no such file nothing is done.
     *
     * @throws IOException where the stem cannot be used any more
     */
    void take(ProcessMemory contents, MemoryCopy copy) throws IOException {
        if (bytes == 0) {
            return;
        }
        try {
            // The kernel would kill the stem for a file above its limit, as soon as it goes on.
            ResourceLimit limit = Posix.getrlimit(pid, Resource.FSIZE);
            if (limit.soft() != ResourceLimit.INFINITY && limit.soft() < bytes) {
                return;
            }
            children.withoutReaping(pid, () -> create(contents));
        } catch (ErrnoException e) {
            return; // a limit of descriptors, a filter, or a kernel that has no such files
        }
        children.withoutReaping(pid, () -> {
            memory.resize(descriptor, bytes);
            shared = memory.mapShared(descriptor, bytes);
        });
        long at = shared;
        for (Run run : runs) {
            copy.copy(run, at);
            at += run.bytes();
        }
        children.withoutReaping(pid, this::replace);
    }

    private void create(ProcessMemory contents) throws IOException {
        long name = memory.map(NAME.length);
        contents.write(name, ByteBuffer.wrap(NAME));
        descriptor = memory.createFile(name);
        memory.unmap(name, NAME.length);
    }

    private void replace() throws ErrnoException {
        memory.unmap(shared, bytes); // as long as somebody can write to it there is no seal
        memory.seal(descriptor);
        long offset = 0;
        for (Run run : runs) {
            memory.mapOver(run.start(), run.bytes(), run.protection(), descriptor, offset);
            offset += run.bytes();
        }
        memory.close(descriptor);
    }
}
