package forkd.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.PageManager;
import com.kenai.jffi.Type;
import java.util.HexFormat;
import jnr.ffi.Pointer;

/**
 * A function of our own, in instructions of x86_64, that takes one address and answers a long. For what must not run Java, or must
 * not write to the memory that Java writes to. It has a page, for good.
 */
final class MachineCode {
    /** errno is not put away: the code calls no library. */
    private static final CallContext CALL =
            new CallContext(Type.SLONG, new Type[] {Type.POINTER}, CallingConvention.DEFAULT, false);

    private final long address;

    /** @param hex the instructions; they keep rbx, rbp, r12 to r15 and the stack pointer */
    MachineCode(String hex) {
        if (!isSupported()) {
            throw new IllegalStateException("there is no such code for " + System.getProperty("os.arch"));
        }
        address = load(HexFormat.of().parseHex(hex));
    }

    static boolean isSupported() {
        return System.getProperty("os.arch").equals("amd64");
    }

    /** Of its first instruction. */
    long address() {
        return address;
    }

    /** As long as it runs the VM waits for this thread at no safepoint. */
    long call(Pointer argument) {
        return call(argument.address());
    }

    /** The same with the argument itself. */
    long call(long argument) {
        return Invoker.getInstance().invokeN1(CALL, address, argument);
    }

    /** Written first and made executable afterwards: never both. */
    private static long load(byte[] code) {
        PageManager pages = PageManager.getInstance();
        long address = pages.allocatePages(1, PageManager.PROT_READ | PageManager.PROT_WRITE);
        Pointer.wrap(Native.RUNTIME, address, code.length).put(0, code, 0, code.length);
        pages.protectPages(address, 1, PageManager.PROT_READ | PageManager.PROT_EXEC);
        return address;
    }
}
