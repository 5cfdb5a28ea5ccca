package forkd.launcher.freeze;

import forkd.posix.Posix;
import forkd.posix.Registers;
import forkd.posix.Signal;
import forkd.posix.TracedMemory;
import forkd.posix.Tracer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves the memory of a stem into huge pages, from outside, while it waits for a request. fork(2) copies an entry for every
 * page, and a worker that ends gives every page back: with pages five hundred times as large both cost a fraction.
 *
 * <p>The stem cannot do it itself, since it would have to copy the memory that it runs on. Its first and only thread is
 * stopped, and makes the system calls:
 *
 * <pre>
 *   launcher                               stem, stopped in recvmsg
 *                                          mmap: new memory, aligned; madvise: in huge pages
 *   copies the contents (/proc/PID/mem)
 *                                          mprotect: as the old memory
 *                                          mremap: over the old memory, in one step
 *   puts its registers back, lets it go    recvmsg goes on
 * </pre>
 *
 * <p>Until the mremap nothing has changed for the stem, and after it everything is as before but for the size of the pages.
 * After a failure nobody knows what the stem is like, and it is killed.
 *
 * <p>Used on one thread. Reaping is suspended while the stem is stopped and while it makes a call, and not while memory is
 * copied, which takes its time.
 */
final class StemRebuild {
    /** Left for others: the copy must not be what makes a machine run out of memory. */
    private static final long RESERVE_BYTES = 256L << 20;

    private static final long ALL_SIGNALS = -1;
    private static final int PAGE_BYTES = PageTable.PAGE_BYTES;
    /** What code may use below the stack pointer: System V ABI for AMD64, 3.2.2. */
    private static final long RED_ZONE_BYTES = 128;

    private static final int PIECE_BYTES = 1 << 18;

    private final int pid;
    private final List<CapturedThread> threads;
    private final ChildWatch children;
    private final Tracer tracer = new Tracer();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE_BYTES);

    /** @param threads whose stacks the stem has besides that of its own thread */
    StemRebuild(int pid, List<CapturedThread> threads, ChildWatch children) {
        this.pid = pid;
        this.threads = threads;
        this.children = children;
    }

    /**
     * Rebuilds what can be. Does nothing where there are no huge pages, no memory for them, or the stem is not waiting.
     *
     * @return whether it has
     * @throws IOException where the stem cannot be used any more; it has been killed
     */
    boolean run() throws IOException {
        if (!HugePages.areEnabled()) {
            return false;
        }
        try {
            boolean done = rebuildStopped();
            if (!tracer.release(pid)) {
                throw new IOException("it cannot be let go");
            }
            return done;
        } catch (IOException | RuntimeException e) {
            // Held or half rebuilt it must not go on; the kernel lets go of a process that has ended.
            Posix.kill(pid, Signal.SIGKILL);
            throw e;
        }
    }

    private boolean rebuildStopped() throws IOException {
        boolean[] stopped = {false};
        children.withoutReaping(pid, () -> stopped[0] = tracer.stopForUse(pid));
        if (!stopped[0]) {
            return false;
        }
        Registers own = tracer.registers(pid);
        return own.isInterrupted() && rebuild(own);
    }

    private boolean rebuild(Registers own) throws IOException {
        List<Mapping> mappings = Mapping.of(pid);
        List<RebuildPlan.Run> runs;
        try (PageTable pages = new PageTable(pid)) {
            runs = RebuildPlan.of(mappings, pages, own.stackPointer());
        }
        long bytes = runs.stream()
                .filter(RebuildPlan.Run::huge)
                .mapToLong(RebuildPlan.Run::bytes)
                .sum();
        if (HugePages.availableBytes() < bytes + RESERVE_BYTES) {
            return false;
        }
        long mask = tracer.signalMask(pid);
        tracer.killWithTracer(pid, true);
        tracer.setSignalMask(pid, ALL_SIGNALS);
        TracedMemory memory = new TracedMemory(tracer, pid, own);
        try (ProcessMemory contents = new ProcessMemory(pid)) {
            discardUnusedStacks(mappings, own, memory);
            for (RebuildPlan.Run run : runs) {
                replace(run, memory, contents);
            }
        } finally {
            tracer.setRegisters(pid, own);
            tracer.setSignalMask(pid, mask);
            tracer.killWithTracer(pid, false);
        }
        return true;
    }

    /**
     * What lies below a thread's stack pointer is left of calls that have returned. HotSpot touches twenty pages there for every
     * thread that has run bytecode.
     */
    private void discardUnusedStacks(List<Mapping> mappings, Registers own, TracedMemory memory) throws IOException {
        List<Long> pointers = new ArrayList<>(List.of(own.stackPointer()));
        threads.forEach(thread -> pointers.add(thread.registers().stackPointer()));
        for (Mapping mapping : mappings) {
            for (long pointer : pointers) {
                long end = pointer - RED_ZONE_BYTES & -PAGE_BYTES;
                if (mapping.contains(pointer) && end > mapping.start()) {
                    children.withoutReaping(pid, () -> memory.discard(mapping.start(), end - mapping.start()));
                }
            }
        }
    }

    private void replace(RebuildPlan.Run run, TracedMemory memory, ProcessMemory contents) throws IOException {
        long room = run.bytes() + RebuildPlan.HUGE_BYTES;
        long[] staging = {0};
        children.withoutReaping(pid, () -> staging[0] = memory.map(room));
        long copy = staging[0] + RebuildPlan.HUGE_BYTES - 1 & -RebuildPlan.HUGE_BYTES;
        if (run.huge()) {
            children.withoutReaping(pid, () -> memory.adviseHugePages(copy, run.bytes()));
        }
        for (Mapping mapping : run.readable()) {
            long start = Math.max(mapping.start(), run.start());
            long distance = copy - run.start();
            long end = Math.min(mapping.end(), run.end());
            copy(start, end, distance, run.huge(), contents);
        }
        children.withoutReaping(pid, () -> {
            memory.protect(copy, run.bytes(), run.protection());
            memory.move(copy, run.bytes(), run.start());
            // What is left of it: before and behind the aligned part.
            memory.unmap(staging[0], room);
        });
    }

    /** @param distance from where it is to where it goes */
    private void copy(long start, long end, long distance, boolean huge, ProcessMemory contents) throws IOException {
        int size = huge ? PIECE_BYTES : PAGE_BYTES;
        for (long at = start; at < end; at += size) {
            buffer.clear().limit((int) Math.min(size, end - at));
            // A file may be shorter than its mapping; nobody can have used what lies behind its end.
            contents.readWhatIsThere(at, buffer);
            buffer.flip();
            // The new memory is zeros. But a huge page has to be there: a worker that is the first to touch it would
            // get
            // all of it.
            if (huge || !isZeros()) {
                contents.write(at + distance, buffer);
            }
        }
    }

    private boolean isZeros() {
        for (int i = 0; i < buffer.limit(); i += Long.BYTES) {
            if (buffer.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
