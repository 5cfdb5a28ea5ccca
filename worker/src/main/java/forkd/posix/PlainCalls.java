package forkd.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;

/**
 * Calls of the C library without JNR, for a process that makes ten of them in its life: declaring the whole library as
 * {@link LibC} does generates code for each function, which takes longer than the start of the JVM. This is what JNR itself
 * calls with, jffi, and nothing of it is generated. Any thread.
 */
final class PlainCalls {
    static {
        JffiLibrary.load();
    }

    private static final Library LIBRARY = Library.getDefault();
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final CallContext FOUR = CallContext.getCallContext(
            Type.SINT64,
            new Type[] {Type.SINT64, Type.SINT64, Type.SINT64, Type.SINT64},
            CallingConvention.DEFAULT,
            true);

    private PlainCalls() {}

    /** Calls a function of up to three arguments: integers, pointers; those that it does not have are 0. */
    static long call(String function, long a, long b, long c) {
        return call(function, a, b, c, 0);
    }

    /** The same with a fourth argument. */
    static long call(String function, long a, long b, long c, long d) {
        return INVOKER.invokeN4(FOUR, LIBRARY.getSymbolAddress(function), a, b, c, d);
    }

    /** The same for a function that returns an int, and again while it is interrupted. */
    static int callInt(String function, long a, long b, long c) {
        int result;
        do {
            result = (int) call(function, a, b, c);
        } while (result < 0 && LastError.getInstance().get() == Errno.EINTR.number());
        return result;
    }

    /** A failure of the last call. Reads errno before it builds any text. */
    static ErrnoException failed(String call, Object on) {
        Errno errno = Errno.of(LastError.getInstance().get());
        return new ErrnoException(call + "(" + on + ")", errno);
    }

    /** Native memory. Not asked from jffi by others, who would have it load its library in its own way. */
    static MemoryIO memory() {
        return MemoryIO.getInstance();
    }

    /** The address of a variable of the C library's. */
    static long address(String variable) {
        return LIBRARY.getSymbolAddress(variable);
    }
}
