package forkd.posix;

import static forkd.posix.Native.LIBC;
import static forkd.posix.Native.LONE_LIBC;
import static forkd.posix.Native.RUNTIME;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/**
 * fork(2) of this JVM by the raw system call, and the end of such a process. Only the calling thread lives on in the child.
 *
 * <p>glibc's own {@code fork()} must not be used: in the child it declares the stacks of all other threads free, and a
 * later pthread_create would take the VM Thread's stack while that thread is revived. The raw call leaves glibc's
 * book-keeping as it is, except for the thread's own id, which the kernel writes where glibc keeps it
 * (CLONE_CHILD_SETTID). The memory allocator needs no care where the caller is the only thread that runs.
 */
public final class RawFork {
    static final long SYS_CLONE_X86_64 = 56;
    private static final long SYS_SCHED_YIELD_X86_64 = 24;
    private static final long SYS_GETTID_X86_64 = 186;
    private static final long SYS_EXIT_GROUP_X86_64 = 231;

    private static final long CLONE_PARENT = 0x8000;
    private static final long CLONE_CHILD_CLEARTID = 0x200000;
    private static final long CLONE_CHILD_SETTID = 0x1000000;
    private static final long SIGCHLD = 17;
    static final long FLAGS = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_PARENT | SIGCHLD;

    /** How far into its descriptor of a thread glibc is searched for the thread's id; the descriptor is smaller. */
    private static final int DESCRIPTOR_BYTES = 2304;

    /** Of its own: any thread may end the process, and one status is as good as another where two do. */
    private static final RawCall EXIT = RawCall.inWorkerPages();

    private final long tidAddress;
    private final ByteBuffer tid;
    private final int tidOffset;
    private final long descriptor;
    private final long call;

    private RawFork(long descriptor, int tidOffset, long call) {
        this.descriptor = descriptor;
        this.call = call;
        this.tidOffset = tidOffset;
        this.tidAddress = descriptor + tidOffset;
        this.tid = Native.directBuffer(Pointer.wrap(RUNTIME, tidAddress, Integer.BYTES), Integer.BYTES);
    }

    /**
     * For the calling thread, which alone may use it. Finds where glibc keeps the thread's id: its place in the thread's
     * descriptor differs between releases, so it is searched for and not known.
     *
     * @throws IllegalStateException where it is not found: this is no glibc
     */
    public static RawFork ofCurrentThread() {
        long descriptor = LIBC.pthread_self();
        Pointer memory = Pointer.wrap(RUNTIME, descriptor, DESCRIPTOR_BYTES);
        int tid = (int) LIBC.syscall(SYS_GETTID_X86_64, 0, 0, 0, 0, 0);
        for (int offset = 0; offset < DESCRIPTOR_BYTES; offset += Integer.BYTES) {
            if (memory.getInt(offset) == tid) {
                return new RawFork(descriptor, offset, SYS_CLONE_X86_64);
            }
        }
        throw new IllegalStateException("the C library does not keep the thread's id where glibc does");
    }

    /** The same for a rehearsal: the calling process takes itself for the child. sched_yield(2) answers 0, as clone(2) does there. */
    public RawFork pretending() {
        return calling(SYS_SCHED_YIELD_X86_64);
    }

    /** The same with another system call in the place of clone(2). */
    RawFork calling(long number) {
        return new RawFork(descriptor, tidOffset, number);
    }

    /**
     * clone(2) with the flags of a fork, and CLONE_PARENT: the child is a sibling of this process, a child of its parent.
     * Allocates nothing.
     *
     * @return 0 in the child, its pid in the parent, -1 where it failed ({@link #errno})
     */
    public int fork() {
        return (int) LONE_LIBC.syscall(call, FLAGS, 0, 0, tidAddress, 0);
    }

    /** The error number of a fork that failed, read right after it. */
    public int errno() {
        return Native.loneErrno();
    }

    /** The pid of this process, from where the kernel has written it: no system call. */
    public int pid() {
        return tid.getInt(0);
    }

    /** The number of the system call. */
    long call() {
        return call;
    }

    /** Where the kernel writes the id of the child's thread. */
    long tidAddress() {
        return tidAddress;
    }

    /** Where glibc keeps a thread's id, from the start of the thread's descriptor. */
    public int tidOffset() {
        return tidOffset;
    }

    /**
     * malloc_trim(3): gives back to the kernel what the C library keeps of freed memory, which every fork would copy. Where
     * threads were left behind by a fork, none of them may have been in the allocator.
     */
    public static void trimMemory() {
        LIBC.malloc_trim(0);
    }

    /** pause(2), for ever: a process that only waits for its end. */
    public static void awaitSignal() {
        while (true) {
            LIBC.pause();
        }
    }

    /** exit_group(2): ends the process now. No shutdown hook runs, no buffer is flushed. */
    public static void exit(int status) {
        exit(status, false);
    }

    /** The same, or in a rehearsal the same path with a call that comes back. */
    public static void exit(int status, boolean rehearsal) {
        EXIT.call(rehearsal ? SYS_GETTID_X86_64 : SYS_EXIT_GROUP_X86_64, status, 0, 0);
    }
}
