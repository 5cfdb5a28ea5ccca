package forkd.posix;

import java.nio.ByteBuffer;

/**
 * A system call of three arguments, in instructions of our own: for a worker between its fork and its end. It runs no function of the
 * C library's and looks at no object of JNR's: a worker that has just been forked pays for each page of code and data that it is the first
 * to use. And there is no errno that would have to be put away. x86_64 only.
 *
 * <p>Does not own its memory. One thread at a time, and no virtual one: while a call waits its thread is not free for another.
 */
final class RawCall {
    /** struct frame, in which the call's arguments are. */
    private static final int NUMBER = 0;

    private static final int FIRST = 8;
    private static final int SECOND = 16;
    private static final int THIRD = 24;

    /** How much memory it takes. */
    static final int FRAME_BYTES = 32;

    /** In C: {@code return syscall(frame->number, frame->first, frame->second, frame->third)}, but -errno where that fails. */
    private static final MachineCode CODE = new MachineCode(
            "f30f1efa" // endbr64
                    + "488b07" + "488b7710" // mov rax, [rdi]; mov rsi, [rdi+16]
                    + "488b5718" + "488b7f08" // mov rdx, [rdi+24]; mov rdi, [rdi+8]
                    + "0f05" + "c3"); // syscall; ret

    private final ByteBuffer frame;
    private final long address;

    /**
     * @param frame begins with {@value #FRAME_BYTES} bytes for nothing else, and has the machine's order
     * @param address where it lies
     */
    RawCall(ByteBuffer frame, long address) {
        this.frame = frame;
        this.address = address;
    }

    /** With memory among that of {@link WorkerPages}. */
    static RawCall inWorkerPages() {
        ByteBuffer frame = WorkerPages.buffer(FRAME_BYTES);
        return new RawCall(frame, Native.addressOf(frame));
    }

    /** Answers what the kernel answers: -errno where the call fails. Nothing is tried again. */
    long call(long number, long first, long second, long third) {
        frame.putLong(NUMBER, number);
        frame.putLong(FIRST, first);
        frame.putLong(SECOND, second);
        frame.putLong(THIRD, third);
        return CODE.call(address);
    }
}
