package forkd.posix;

/**
 * System calls on the memory of another process, which its stopped thread makes: mmap(2), madvise(2), mprotect(2), mremap(2),
 * munmap(2), memfd_create(2). All addresses are that process's. Errors are thrown as the process got them.
 */
public final class TracedMemory {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;

    private static final long SYS_CLOSE_X86_64 = 3;
    private static final long SYS_MMAP_X86_64 = 9;
    private static final long SYS_MPROTECT_X86_64 = 10;
    private static final long SYS_MUNMAP_X86_64 = 11;
    private static final long SYS_MREMAP_X86_64 = 25;
    private static final long SYS_MADVISE_X86_64 = 28;
    private static final long SYS_FCNTL_X86_64 = 72;
    private static final long SYS_FTRUNCATE_X86_64 = 77;
    private static final long SYS_MEMFD_CREATE_X86_64 = 319;

    private static final long MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long MAP_PRIVATE_FIXED_NORESERVE = 0x4012;
    private static final long MAP_ANONYMOUS = 0x20;
    private static final long MAP_SHARED_FIXED = 0x11;
    private static final long NO_FILE = -1;
    private static final long MADV_DONTNEED = 4;
    private static final long MADV_HUGEPAGE = 14;
    private static final long MADV_COLLAPSE = 25;
    private static final long MREMAP_MAYMOVE_FIXED = 3;
    private static final long MFD_CLOEXEC = 1;
    private static final long MFD_ALLOW_SEALING = 2;
    private static final long MFD_NOEXEC_SEAL = 8;
    private static final long F_ADD_SEALS = 1033;
    private static final long F_SEAL_ALL = 15; // SEAL, SHRINK, GROW, WRITE

    private final Tracer tracer;
    private final int tid;
    private final Registers own;
    private final long instruction;

    /**
     * @param tid the stopped thread, which waits in a system call
     * @param own its registers; whoever made this puts them back at the end
     */
    public TracedMemory(Tracer tracer, int tid, Registers own) {
        this(tracer, tid, own, own.syscallInstruction());
    }

    /**
     * @param tid the stopped thread, wherever it is
     * @param own its registers; whoever made this puts them back at the end
     * @param instruction the address of a {@code syscall} instruction in the process
     */
    public TracedMemory(Tracer tracer, int tid, Registers own, long instruction) {
        this.tracer = tracer;
        this.tid = tid;
        this.own = own;
        this.instruction = instruction;
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

    /**
     * madvise(2) with MADV_COLLAPSE, since Linux 6.1: puts what is there into huge pages, now. EAGAIN: a page was in use, and
     * it may be tried again. EINVAL: not known, or not allowed for this memory.
     */
    public void collapse(long address, long bytes) throws ErrnoException {
        call(SYS_MADVISE_X86_64, address, bytes, MADV_COLLAPSE);
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

    /**
     * memfd_create(2): an empty file that exists in memory only.
     *
     * @param name the address of its name, for /proc
     * @return its descriptor in that process
     */
    public long createFile(long name) throws ErrnoException {
        try {
            return call(SYS_MEMFD_CREATE_X86_64, name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return call(SYS_MEMFD_CREATE_X86_64, name, MFD_CLOEXEC | MFD_ALLOW_SEALING); // before Linux 6.3
        }
    }

    /** ftruncate(2). Above the process's RLIMIT_FSIZE it also sends it a SIGXFSZ. */
    public void resize(long descriptor, long bytes) throws ErrnoException {
        call(SYS_FTRUNCATE_X86_64, descriptor, bytes);
    }

    /** mmap(2) with MAP_SHARED and MAP_FIXED: a part of the file, instead of what is there. */
    public void mapShared(long address, long bytes, long descriptor, long offset) throws ErrnoException {
        call(SYS_MMAP_X86_64, address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED_FIXED, descriptor, offset);
    }

    /**
     * mmap(2) with MAP_PRIVATE, MAP_FIXED and MAP_NORESERVE: a part of the file, instead of what is there, in one step. No memory is set
     * aside for what may be written there, since most of it never is.
     */
    public void mapOver(long address, long bytes, int protection, long descriptor, long offset) throws ErrnoException {
        call(SYS_MMAP_X86_64, address, bytes, protection, MAP_PRIVATE_FIXED_NORESERVE, descriptor, offset);
    }

    /** The same with new memory of no file, readable and writable. */
    public void mapOver(long address, long bytes) throws ErrnoException {
        call(
                SYS_MMAP_X86_64,
                address,
                bytes,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE_FIXED_NORESERVE | MAP_ANONYMOUS,
                NO_FILE,
                0);
    }

    /** fcntl(2) with F_ADD_SEALS: nobody will ever write to the file or resize it. */
    public void seal(long descriptor) throws ErrnoException {
        call(SYS_FCNTL_X86_64, descriptor, F_ADD_SEALS, F_SEAL_ALL);
    }

    /** close(2). */
    public void close(long descriptor) throws ErrnoException {
        call(SYS_CLOSE_X86_64, descriptor);
    }

    private long call(long number, long... arguments) throws ErrnoException {
        return tracer.inject(tid, own, instruction, number, arguments);
    }
}
