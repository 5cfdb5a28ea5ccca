package forkd.posix;

import static forkd.posix.Native.LIBC;

import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/**
 * A thread of this JVM that was stopped while it waited, and whose registers were captured: what it takes to make it run
 * in a forked child, where its stack and all that it ever wrote are but the thread itself is not.
 *
 * <p>The child starts a kernel thread whose first function <em>is</em> the C library's {@code setcontext}, with the captured
 * registers as its argument. So no code of our own runs on the way, and the thread finds itself at the return of the
 * system call it was waiting in, with the result 0: a wait that ended for no reason, after which it looks at its condition
 * and waits again (futex(2) allows that at any time).
 *
 * <p>x86_64 and glibc only: the order of registers in ucontext_t is the machine's, and musl has no setcontext.
 */
public final class ThreadImage {
    /** sizeof(struct user_regs_struct). */
    public static final int REGISTERS_BYTES = Registers.BYTES;

    /** The id of a thread that does not live; glibc's own mark for one that has ended. */
    public static final int ABSENT = 0;

    private static final int TAKEN = -1;
    private static final VarHandle ID = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private static final int NONE = -1;
    /** For each register of ucontext_t's gregs (r8..r15 rdi rsi rbp rbx rdx rax rcx rsp rip) its place in user_regs_struct. */
    private static final int[] GREGS = {9, 8, 7, 6, 3, 2, 1, 0, 14, 13, 4, 5, 12, NONE, 11, 19, 16};

    private static final int GREGS_OFFSET = 40;
    private static final int CONTEXT_BYTES = 1024;
    /** The stack that clone(2) starts the thread on, until setcontext moves it to its own. */
    private static final int SCRATCH_BYTES = 4096;

    private static final int STACK_ALIGNMENT = 16;

    private static final int CLONE_THREAD = 0x10000;
    private static final int CLONE_CHILD_CLEARTID = 0x200000;
    /** How the VM's threads come into being, by whoever revives them. */
    static final int THREAD_FLAGS = 0x100 // CLONE_VM
            | 0x200 // CLONE_FS
            | 0x400 // CLONE_FILES
            | 0x800 // CLONE_SIGHAND
            | CLONE_THREAD
            | 0x40000 // CLONE_SYSVSEM
            | 0x80000 // CLONE_SETTLS
            | 0x100000 // CLONE_PARENT_SETTID
            | ThreadImage.CLONE_CHILD_CLEARTID;

    private static final long SETCONTEXT = Library.getCachedInstance("libc.so.6", Library.LAZY | Library.GLOBAL)
            .getSymbolAddress("setcontext");

    private final String name;
    private final Pointer context = Native.allocate(CONTEXT_BYTES);
    private final Pointer scratch = Native.allocate(SCRATCH_BYTES);
    private final long stackTop;
    private final long descriptor;
    private final long tidAddress;
    private final ByteBuffer tid;

    /**
     * Prepares a revival; done before the fork.
     *
     * @param name the thread's, as the kernel has it
     * @param registers struct user_regs_struct as ptrace(2) gave it
     */
    public ThreadImage(String name, byte[] registers, RawFork fork) {
        this.name = name;
        Registers captured = Registers.of(registers);
        // Fills in what the capture does not have: signal mask and floating point state, those of an ordinary thread.
        LIBC.getcontext(context);
        for (int i = 0; i < GREGS.length; i++) {
            long value = GREGS[i] == NONE ? 0 : captured.get(GREGS[i]);
            context.putLong(GREGS_OFFSET + (long) Long.BYTES * i, value);
        }
        descriptor = captured.threadDescriptor();
        tidAddress = descriptor + fork.tidOffset();
        tid = MemoryIO.getInstance()
                .newDirectByteBuffer(tidAddress, Integer.BYTES)
                .order(ByteOrder.nativeOrder());
        stackTop = scratch.address() + SCRATCH_BYTES - Long.BYTES * 8 & -STACK_ALIGNMENT;
    }

    public String name() {
        return name;
    }

    /** Whether this C library can do it at all. */
    public static boolean isSupported() {
        return SETCONTEXT != 0;
    }

    /**
     * clone(2): the thread runs on in this process. Allocates nothing in the heap.
     *
     * <p>Without CLONE_CHILD_CLEARTID: the kernel would mark the thread {@link #ABSENT} again when it ends, as the VM Thread
     * and the watcher do while the VM shuts down, and the launcher would take it for one that never lived and revive it once
     * more, on a stack that has been used since. (Seen as a SIGSEGV in one of 200 exits.) Nobody joins these threads.
     *
     * @return false where the kernel refused
     */
    public boolean revive() {
        int flags = THREAD_FLAGS & ~CLONE_CHILD_CLEARTID;
        return LIBC.clone(SETCONTEXT, stackTop, flags, context.address(), tidAddress, descriptor, tidAddress) > 0;
    }

    /**
     * {@link #revive}, unless the thread lives: the launcher may have revived it, or may do so now. Both look at the place
     * where the C library keeps the thread's id. It is {@link #ABSENT} until somebody revives the thread, and the kernel
     * writes the id there.
     *
     * <pre>
     *   this thread                      launcher
     *   ABSENT → TAKEN, one instruction
     *                                    stops all threads of the process
     *                                    not ABSENT: leaves it out
     *                                    lets all go on
     *   clone: the kernel writes the id
     * </pre>
     *
     * If the launcher comes first it finds ABSENT and revives, the id is there before any thread goes on, and here is nothing
     * left to do.
     *
     * @return false where the kernel refused
     */
    public boolean reviveIfAbsent() {
        return !ID.compareAndSet(tid, 0, ABSENT, TAKEN) || revive();
    }

    /** Takes the path of {@link #revive} once with flags that the kernel refuses, so that no child has to resolve it. */
    public static void rehearse() {
        Pointer stack = Native.allocate(SCRATCH_BYTES);
        LIBC.clone(SETCONTEXT, stack.address() + SCRATCH_BYTES / 2 & -STACK_ALIGNMENT, CLONE_THREAD, 0, 0, 0, 0);
        ByteBuffer number = MemoryIO.getInstance()
                .newDirectByteBuffer(stack.address(), Integer.BYTES)
                .order(ByteOrder.nativeOrder());
        ID.compareAndSet(number, 0, ABSENT, TAKEN);
    }
}
