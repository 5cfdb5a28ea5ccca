package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Registers;
import forkd.posix.Signal;
import forkd.posix.TracedMemory;
import forkd.posix.Tracer;
import forkd.zygote.YoungRoom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
    /** What code may use below the stack pointer: System V ABI for AMD64, 3.2.2. */
    private static final long RED_ZONE_BYTES = 128;

    /** From its split to its first request a stem takes less than a millisecond, if there is a processor for it. */
    private static final int LOOKS = 2000;

    private static final long BETWEEN_LOOKS_MILLIS = 1;

    private final int pid;
    private final List<CapturedThread> threads;
    private final YoungRoom young;
    private final ChildWatch children;
    private final Tracer tracer = new Tracer();

    /**
     * @param threads whose stacks the stem has besides that of its own thread
     * @param young where the stem has no objects
     */
    StemRebuild(int pid, List<CapturedThread> threads, YoungRoom young, ChildWatch children) {
        this.pid = pid;
        this.young = young;
        this.threads = threads;
        this.children = children;
    }

    /**
     * Rebuilds what can be. Does nothing where there are no huge pages, no memory for them, or the stem is not waiting.
     *
     * @return the threads, with the guards that they have lost; empty where nothing was done
     * @throws IOException where the stem cannot be used any more; it has been killed
     */
    Optional<List<CapturedThread>> run() throws IOException, InterruptedException {
        if (!HugePages.areEnabled()) {
            return Optional.empty();
        }
        try {
            Optional<Registers> own = stopWhereItWaits();
            Optional<List<CapturedThread>> done = own.isPresent() ? rebuild(own.get()) : Optional.empty();
            letGo();
            return done;
        } catch (IOException | RuntimeException e) {
            // Held or half rebuilt it must not go on; the kernel lets go of a process that has ended.
            children.signal(pid, Signal.SIGKILL);
            throw e;
        }
    }

    /**
     * Stops it where it waits for a request; right after the split it is on its way there.
     *
     * @return nothing where it cannot be used now, or does not come there; it is stopped all the same
     */
    private Optional<Registers> stopWhereItWaits() throws IOException, InterruptedException {
        for (int left = LOOKS; ; left--) {
            boolean[] stopped = {false};
            children.withoutReaping(pid, () -> stopped[0] = tracer.stopForUse(pid));
            if (!stopped[0]) {
                return Optional.empty();
            }
            Registers own = tracer.registers(pid);
            if (own.isInterrupted()) {
                return Optional.of(own);
            }
            if (left == 0) {
                return Optional.empty();
            }
            letGo();
            TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS_MILLIS);
        }
    }

    private void letGo() throws IOException {
        if (!tracer.release(pid)) {
            throw new IOException("it cannot be let go");
        }
    }

    private Optional<List<CapturedThread>> rebuild(Registers own) throws IOException {
        List<Mapping> mappings = Mapping.of(pid);
        Optional<HugeRoom> room = HugeRoom.in(young, mappings);
        StemLayout layout = layout(
                pid, room.map(blocks -> blocks.cutOutOf(mappings)).orElse(mappings), own.stackPointer(), threads);
        List<Run> runs = plan(pid, layout);
        long bytes = runs.stream().filter(Run::isHuge).mapToLong(Run::bytes).sum();
        if (HugePages.availableBytes() < bytes + RESERVE_BYTES) {
            return Optional.empty();
        }
        List<Run> inFile;
        long mask = tracer.signalMask(pid);
        tracer.killWithTracer(pid, true);
        tracer.setSignalMask(pid, ALL_SIGNALS);
        TracedMemory memory = new TracedMemory(tracer, pid, own);
        try (ProcessMemory contents = new ProcessMemory(pid)) {
            discardUnusedStacks(layout.mappings(), own, memory);
            if (room.isPresent()) {
                children.withoutReaping(pid, () -> renew(room.get(), memory));
            }
            MemoryCopy copy = new MemoryCopy(contents);
            inFile = moveToFile(runs, layout, memory, contents, copy);
            for (Run run : runs) {
                // What cannot go into a file is moved only if it gets huge pages.
                if (!inFile.contains(run) && run.kind() != Run.Kind.FILE && run.kind() != Run.Kind.STACKS) {
                    replace(run, memory, copy);
                }
            }
        } finally {
            tracer.setRegisters(pid, own);
            tracer.setSignalMask(pid, mask);
            tracer.killWithTracer(pid, false);
        }
        return Optional.of(threads.stream()
                .map(thread -> withGuard(thread, layout, inFile))
                .toList());
    }

    private static StemLayout layout(int pid, List<Mapping> mappings, long stackPointer, List<CapturedThread> threads)
            throws IOException {
        KeptMemory kept = new KeptMemory(mappings, FileOfStem.canGrow(pid), AddressSpace.isFree(pid));
        return new StemLayout(
                mappings, stackPointer, threads.stream().map(ThreadStack::of).toList(), kept);
    }

    private static List<Run> plan(int pid, StemLayout layout) throws IOException {
        try (PageTable pages = new PageTable(pid)) {
            return RebuildPlan.of(layout, pages);
        }
    }

    /**
     * Plans it for a process that stays as it is, for the practice: code that a JVM runs for the first time is slow, and a start has the
     * time for it while the zygote gets warm.
     */
    static void practise(int pid) throws IOException {
        if (!HugePages.areEnabled()) {
            return;
        }
        StemLayout layout = layout(pid, Mapping.of(pid), 0, List.of());
        Stretch.of(plan(pid, layout).stream().filter(Run::isInFile).toList(), layout)
                .forEach(stretch -> Island.of(stretch, 0).forEach(Island::huge));
    }

    private static CapturedThread withGuard(CapturedThread thread, StemLayout layout, List<Run> inFile) {
        return layout.guardOf(ThreadStack.of(thread))
                .filter(guard -> inFile.stream().anyMatch(run -> run.contains(guard)))
                .map(thread::without)
                .orElse(thread);
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
                long end = pointer - RED_ZONE_BYTES & -PageTable.PAGE_BYTES;
                if (mapping.contains(pointer) && end > mapping.start()) {
                    children.withoutReaping(pid, () -> memory.discard(mapping.start(), end - mapping.start()));
                }
            }
        }
    }

    private static void renew(HugeRoom room, TracedMemory memory) throws ErrnoException {
        memory.mapOver(room.start(), room.bytes());
        memory.adviseHugePages(room.start(), room.bytes());
    }

    /**
     * Where a file can have no huge pages, they are of no file.
     *
     * @return what has been moved
     */
    private List<Run> moveToFile(
            List<Run> runs, StemLayout layout, TracedMemory memory, ProcessMemory contents, MemoryCopy copy)
            throws IOException {
        List<Run> all = runs.stream().filter(Run::isInFile).toList();
        if (new FileOfStem(pid, children, memory, Stretch.of(all, layout)).take(contents, copy)) {
            return all;
        }
        List<Run> small = all.stream().filter(run -> !run.isHuge()).toList();
        List<Stretch> each =
                small.stream().map(run -> new Stretch(List.of(run))).toList();
        return new FileOfStem(pid, children, memory, each).take(contents, copy) ? small : List.of();
    }

    private void replace(Run run, TracedMemory memory, MemoryCopy copy) throws IOException {
        long room = run.bytes() + RebuildPlan.HUGE_BYTES;
        long[] staging = {0};
        children.withoutReaping(pid, () -> staging[0] = memory.map(room));
        long target = staging[0] + RebuildPlan.HUGE_BYTES - 1 & -RebuildPlan.HUGE_BYTES;
        if (run.isHuge()) {
            children.withoutReaping(pid, () -> memory.adviseHugePages(target, run.bytes()));
        }
        copy.copy(run, target);
        children.withoutReaping(pid, () -> {
            memory.protect(target, run.bytes(), run.protection());
            memory.move(target, run.bytes(), run.start());
            // What is left of it: before and behind the aligned part.
            memory.unmap(staging[0], room);
        });
    }
}
