package forkd.launcher.it.conformance;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

/** Memory of malloc(3) and realloc(3), as libraries that keep data outside of the Java heap use it. */
final class NativeBlock {
    private final Object unsafe;
    private long address;
    private long bytes;

    NativeBlock(long bytes) {
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            unsafe = field.get(null);
            address = (long) method("allocateMemory", long.class).invoke(unsafe, bytes);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no memory outside of the Java heap", e);
        }
        this.bytes = bytes;
    }

    void grow(long toBytes) throws ReflectiveOperationException {
        address = (long) method("reallocateMemory", long.class, long.class).invoke(unsafe, address, toBytes);
        bytes = toBytes;
    }

    /** From an offset to the end. */
    void fill(long offset, byte value) throws ReflectiveOperationException {
        method("setMemory", long.class, long.class, byte.class).invoke(unsafe, address + offset, bytes - offset, value);
    }

    byte get(long offset) throws ReflectiveOperationException {
        return (byte) method("getByte", long.class).invoke(unsafe, address + offset);
    }

    private Method method(String name, Class<?>... types) throws NoSuchMethodException {
        return unsafe.getClass().getMethod(name, types);
    }
}
