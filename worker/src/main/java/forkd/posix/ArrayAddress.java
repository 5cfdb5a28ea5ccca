package forkd.posix;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;

/**
 * Where an array lies in the Java heap: what JNI's GetPrimitiveArrayCritical tells a function that does nothing but give it back. It is true until
 * the next collection of garbage. x86_64 only.
 */
public final class ArrayAddress {
    private static final MachineCode IDENTITY =
            new MachineCode("f30f1efa" + "4889f8" + "c3"); // endbr64; mov rax, rdi; ret

    private static final Function FUNCTION = new Function(IDENTITY.address(), Type.SLONG, Type.POINTER);

    private ArrayAddress() {}

    /** Of the first element. */
    public static long of(byte[] array) {
        HeapInvocationBuffer argument = new HeapInvocationBuffer(FUNCTION);
        argument.putArray(array, 0, array.length, ArrayFlags.IN | ArrayFlags.OUT | ArrayFlags.PINNED);
        return Invoker.getInstance().invokeLong(FUNCTION, argument);
    }
}
