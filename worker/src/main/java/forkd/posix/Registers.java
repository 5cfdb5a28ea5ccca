package forkd.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The registers of a stopped thread: struct user_regs_struct of x86_64, as ptrace(2) reads and writes it. A value; the
 * methods that change something answer another one.
 */
public final class Registers {
    /** sizeof(struct user_regs_struct): 27 registers. */
    public static final int BYTES = 27 * Long.BYTES;

    /** The length of the instruction {@code syscall}: a thread that waits in a system call stands behind it. */
    public static final int SYSCALL_INSTRUCTION_BYTES = 2;

    private static final int R10 = 7;
    private static final int R9 = 8;
    private static final int R8 = 9;
    private static final int RAX = 10;
    private static final int RDX = 12;
    private static final int RSI = 13;
    private static final int RDI = 14;
    private static final int ORIG_RAX = 15;
    private static final int RIP = 16;
    private static final int RSP = 19;
    private static final int FS_BASE = 21;

    /** Where a system call takes its arguments from. */
    private static final int[] ARGUMENTS = {RDI, RSI, RDX, R10, R8, R9};

    private static final long NO_SYSTEM_CALL = -1;
    private static final long SYS_FUTEX = 202;
    /** A timed futex(2) that was stopped once goes on as this one. */
    private static final long SYS_RESTART_SYSCALL = 219;

    private static final long ERESTARTSYS = -512;
    private static final long ERESTART_RESTARTBLOCK = -516;

    private final long[] values;

    private Registers(long[] values) {
        this.values = values;
    }

    /** From the struct's bytes. */
    public static Registers of(byte[] bytes) {
        long[] values = new long[BYTES / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer().get(values);
        return new Registers(values);
    }

    /** The struct's bytes. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    /** The value of a register by its place in the struct. */
    long get(int register) {
        return values[register];
    }

    /** rip. */
    public long instructionPointer() {
        return values[RIP];
    }

    /** rsp. */
    public long stackPointer() {
        return values[RSP];
    }

    /** The FS base: the address of the C library's descriptor of the thread, what pthread_self(3) answers. */
    public long threadDescriptor() {
        return values[FS_BASE];
    }

    /** rax: what the last system call has answered. */
    public long result() {
        return values[RAX];
    }

    /** The number of the system call that the thread is in, negative for none. */
    public long systemCall() {
        return values[ORIG_RAX];
    }

    /** Whether the thread is in a futex(2) that has not been woken: one that has been is about to run. */
    public boolean isWaiting() {
        boolean inFutex = systemCall() == SYS_FUTEX || systemCall() == SYS_RESTART_SYSCALL;
        return inFutex && isInterrupted();
    }

    /** Whether the thread was stopped in a system call that begins again when it goes on: it waited for something. */
    public boolean isInterrupted() {
        return systemCall() >= 0 && (result() == ERESTARTSYS || result() == ERESTART_RESTARTBLOCK);
    }

    /** Where the {@code syscall} instruction is that the thread waits in. */
    public long syscallInstruction() {
        return instructionPointer() - SYSCALL_INSTRUCTION_BYTES;
    }

    /** The thread finds itself behind the system call that it was in, with this answer, and nothing is left to restart. */
    public Registers returning(long answer) {
        long[] changed = values.clone();
        changed[RAX] = answer;
        changed[ORIG_RAX] = NO_SYSTEM_CALL;
        return new Registers(changed);
    }

    /**
     * The next instruction of the thread makes a system call.
     *
     * @param instruction the address of a {@code syscall} instruction
     */
    public Registers calling(long instruction, long number, long... arguments) {
        long[] changed = values.clone();
        changed[RIP] = instruction;
        changed[RAX] = number;
        changed[ORIG_RAX] = NO_SYSTEM_CALL;
        for (int i = 0; i < ARGUMENTS.length; i++) {
            changed[ARGUMENTS[i]] = i < arguments.length ? arguments[i] : 0;
        }
        return new Registers(changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Registers registers && Arrays.equals(values, registers.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return String.format(
                "rip=%x rsp=%x rax=%d orig_rax=%d", values[RIP], values[RSP], values[RAX], values[ORIG_RAX]);
    }
}
