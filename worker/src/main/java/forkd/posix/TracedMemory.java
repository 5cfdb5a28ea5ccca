package forkd.posix;

/**
 * System calls on the memory of another process, which its stopped thread makes: mmap(2), madvise(2), mprotect(2), mremap(2),
 * munmap(2). All addresses are that process's. Errors are thrown as the process got them.
 */
public final class TracedMemory {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;

    private static final long SYS_MMAP_X86_64 = 9;
    private static final long SYS_MPROTECT_X86_64 = 10;
    private static final long SYS_MUNMAP_X86_64 = 11;
    private static final long SYS_MREMAP_X86_64 = 25;
    private static final long SYS_MADVISE_X86_64 = 28;

    private static final long MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long NO_FILE = -1;
    private static final long MADV_DONTNEED = 4;
    private static final long MADV_HUGEPAGE = 14;
    private static final long MREMAP_MAYMOVE_FIXED = 3;

    private final Tracer tracer;
    private final int tid;
    private final Registers own;

    /**
     * @param tid the stopped thread, which waits in a system call
     * @param own its registers; whoever made this puts them back at the end
     */
    public TracedMemory(Tracer tracer, int tid, Registers own) {
        this.tracer = tracer;
        this.tid = tid;
        this.own = own;
    }

    /**
     * mmap(2): new private memory, zeroed, readable and writable.
     *
     * @return where it is
     */
    public long map(long bytes) throws ErrnoException {
        return call(SYS_MMAP_X86_64, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, NO_FILE, 0);
    }

    /** madvise(2) with MADV_HUGEPAGE: what is written there first comes in huge pages. */
    public void adviseHugePages(long address, long bytes) throws ErrnoException {
        call(SYS_MADVISE_X86_64, address, bytes, MADV_HUGEPAGE);
    }

    /** madvise(2) with MADV_DONTNEED: gives the pages back; the memory reads as zeros from then on. */
    public void discard(long address, long bytes) throws ErrnoException {
        call(SYS_MADVISE_X86_64, address, bytes, MADV_DONTNEED);
    }

    /** mprotect(2). */
    public void protect(long address, long bytes, int protection) throws ErrnoException {
        call(SYS_MPROTECT_X86_64, address, bytes, protection);
    }

    /**
     * mremap(2) with MREMAP_FIXED: moves memory to where something else is, which it replaces in one step. If the kernel
     * refuses, what was there may be gone.
     */
    public void move(long from, long bytes, long to) throws ErrnoException {
        call(SYS_MREMAP_X86_64, from, bytes, bytes, MREMAP_MAYMOVE_FIXED, to);
    }

    /** munmap(2). */
    public void unmap(long address, long bytes) throws ErrnoException {
        call(SYS_MUNMAP_X86_64, address, bytes);
    }

    private long call(long number, long... arguments) throws ErrnoException {
        return tracer.inject(tid, own, own.syscallInstruction(), number, arguments);
    }
}
