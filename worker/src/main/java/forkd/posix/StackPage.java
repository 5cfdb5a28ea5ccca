package forkd.posix;

/** How the calling thread's stack lies in its page: a forked process copies each page of it that it writes to. x86_64 only. */
public final class StackPage {
    private static final int PAGE_BYTES = 4096;

    /** In C: {@code return (long) __builtin_frame_address(0)}. */
    private static final MachineCode CODE = new MachineCode("f30f1efa" + "4889e0" + "c3"); // endbr64; mov rax, rsp; ret

    private StackPage() {}

    /** How many bytes of its page lie below the stack pointer, measured in native code that the caller has called. */
    public static int left() {
        return (int) (CODE.call(0) % PAGE_BYTES);
    }
}
