package forkd.posix;

import static forkd.posix.Native.LIBC;

import com.kenai.jffi.Library;
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
    /** sizeof(struct user_regs_struct): 27 registers. */
    public static final int REGISTERS_BYTES = 27 * Long.BYTES;

    private static final int RAX = 10;
    private static final int ORIG_RAX = 15;
    private static final int FS_BASE = 21;
    private static final int NONE = -1;
    /** For each register of ucontext_t's gregs (r8..r15 rdi rsi rbp rbx rdx rax rcx rsp rip) its place in user_regs_struct. */
    private static final int[] GREGS = {9, 8, 7, 6, 3, 2, 1, 0, 14, 13, 4, 5, 12, NONE, 11, 19, 16};

    private static final int GREGS_OFFSET = 40;
    private static final int CONTEXT_BYTES = 1024;
    /** The stack that clone(2) starts the thread on, until setcontext moves it to its own. */
    private static final int SCRATCH_BYTES = 4096;

    private static final int STACK_ALIGNMENT = 16;

    private static final long SYS_FUTEX = 202;
    /** A timed futex(2) that was stopped once goes on as this one. */
    private static final long SYS_RESTART_SYSCALL = 219;

    /** The kernel's notes that a stopped system call is to be begun again, or gone on with: linux/errno.h, never seen outside. */
    private static final long ERESTARTSYS = -512;

    private static final long ERESTART_RESTARTBLOCK = -516;

    private static final int CLONE_THREAD = 0x10000;
    private static final int THREAD_FLAGS = 0x100 // CLONE_VM
            | 0x200 // CLONE_FS
            | 0x400 // CLONE_FILES
            | 0x800 // CLONE_SIGHAND
            | CLONE_THREAD
            | 0x40000 // CLONE_SYSVSEM
            | 0x80000 // CLONE_SETTLS
            | 0x100000 // CLONE_PARENT_SETTID
            | 0x200000; // CLONE_CHILD_CLEARTID

    private static final long SETCONTEXT = Library.getCachedInstance("libc.so.6", Library.LAZY | Library.GLOBAL)
            .getSymbolAddress("setcontext");

    private final String name;
    private final Pointer context = Native.allocate(CONTEXT_BYTES);
    private final Pointer scratch = Native.allocate(SCRATCH_BYTES);
    private final long stackTop;
    private final long descriptor;
    private final long tidAddress;

    /**
     * Prepares a revival; done before the fork.
     *
     * @param name the thread's, as the kernel has it
     * @param registers struct user_regs_struct as ptrace(2) gave it
     */
    public ThreadImage(String name, byte[] registers, RawFork fork) {
        this.name = name;
        Pointer captured = Native.allocate(REGISTERS_BYTES);
        captured.put(0, registers, 0, REGISTERS_BYTES);
        // Fills in what the capture does not have: signal mask and floating point state, those of an ordinary thread.
        LIBC.getcontext(context);
        for (int i = 0; i < GREGS.length; i++) {
            long value = GREGS[i] == NONE ? 0 : captured.getLong((long) Long.BYTES * GREGS[i]);
            context.putLong(GREGS_OFFSET + (long) Long.BYTES * i, value);
        }
        descriptor = captured.getLong((long) Long.BYTES * FS_BASE);
        tidAddress = descriptor + fork.tidOffset();
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
     * Whether a thread with these registers waits in a futex(2), and so may be captured. Its result register tells whether the
     * wait goes on: a thread that has been woken already holds, or will take, what it was woken for.
     */
    public static boolean isWaiting(byte[] registers) {
        long call = systemCall(registers);
        long result = register(registers, RAX);
        return (call == SYS_FUTEX || call == SYS_RESTART_SYSCALL)
                && (result == ERESTARTSYS || result == ERESTART_RESTARTBLOCK);
    }

    /** The number of the system call that the thread is in, negative for none. */
    public static long systemCall(byte[] registers) {
        return register(registers, ORIG_RAX);
    }

    private static long register(byte[] registers, int index) {
        return ByteBuffer.wrap(registers).order(ByteOrder.nativeOrder()).getLong(index * Long.BYTES);
    }

    /**
     * clone(2): the thread runs on in this process. Allocates nothing in the heap.
     *
     * @return false where the kernel refused
     */
    public boolean revive() {
        return LIBC.clone(SETCONTEXT, stackTop, THREAD_FLAGS, context.address(), tidAddress, descriptor, tidAddress)
                > 0;
    }

    /** Takes the path of {@link #revive} once with flags that the kernel refuses, so that no child has to resolve it. */
    public static void rehearse() {
        Pointer stack = Native.allocate(SCRATCH_BYTES);
        LIBC.clone(SETCONTEXT, stack.address() + SCRATCH_BYTES / 2 & -STACK_ALIGNMENT, CLONE_THREAD, 0, 0, 0, 0);
    }
}
