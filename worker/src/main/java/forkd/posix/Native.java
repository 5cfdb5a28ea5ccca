package forkd.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** The loaded C library and native memory for its arguments. */
final class Native {
    /** Its name in full: for "c" JNR would look through the folders of all libraries, twice. */
    private static final String C_LIBRARY = "libc.so.6";

    static {
        JffiLibrary.load(); // before anybody else has it loaded
    }

    static final LibC LIBC = load(LibC.class);
    static final LoneLibC LONE_LIBC = LibraryLoader.create(LoneLibC.class)
            .option(LibraryOption.IgnoreError, true)
            .load(C_LIBRARY);
    static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    /** Large enough for every fixed argument of a single call: addresses, lengths, message headers. */
    private static final int SCRATCH_BYTES = 1024;

    private static final ThreadLocal<Pointer> SCRATCH = ThreadLocal.withInitial(() -> allocate(SCRATCH_BYTES));

    private Native() {}

    /** The C library, as an interface declares it. Makes code for each function of it. */
    static <T> T load(Class<T> declarations) {
        return LibraryLoader.create(declarations).load(C_LIBRARY);
    }

    /** Loaded when it is asked for the first time. */
    static FileLibC files() {
        return Files.LIBC;
    }

    private static final class Files {
        static final FileLibC LIBC = load(FileLibC.class);
    }

    /** Zeroed memory that lives as long as the returned pointer is reachable. */
    static Pointer allocate(int bytes) {
        return Memory.allocateDirect(RUNTIME, bytes, true);
    }

    /**
     * Whole pages of zeroed memory, for good, beside the heap: what a stem writes to for every fork must not have a page among
     * those that it shares with its forks.
     */
    static Pointer map(int bytes) {
        final int readWrite = 3;
        final int privateAnonymous = 0x22;
        long address = LONE_LIBC.mmap(0, bytes, readWrite, privateAnonymous, -1, 0, 0);
        if (address == -1) {
            throw new OutOfMemoryError("mmap(" + bytes + " bytes)");
        }
        return Pointer.wrap(RUNTIME, address, bytes);
    }

    /** The same memory with the buffer's fast access for compiled code. It stays who made it's. */
    static ByteBuffer directBuffer(Pointer memory, int bytes) {
        return MemoryIO.getInstance()
                .newDirectByteBuffer(memory.address(), bytes)
                .order(ByteOrder.nativeOrder());
    }

    /** Where a direct buffer lies. */
    static long addressOf(ByteBuffer buffer) {
        return MemoryIO.getInstance().getDirectBufferAddress(buffer);
    }

    /** This thread's scratch memory. It holds the arguments of one call: nobody keeps it past that call's return. */
    static Pointer scratch() {
        return SCRATCH.get();
    }

    /** Memory for the bytes of one call, with the same life as {@link #scratch}. */
    static Pointer buffer(int bytes) {
        return bytes <= SCRATCH_BYTES ? scratch() : allocate(bytes);
    }

    /** errno of this thread's last call. To be read in the statement right after the call. */
    static Errno errno() {
        return Errno.of(LastError.getLastError(RUNTIME));
    }

    /** errno of the last call of {@link #LONE_LIBC}. */
    static int loneErrno() {
        return Pointer.wrap(RUNTIME, LONE_LIBC.__errno_location(), Integer.BYTES)
                .getInt(0);
    }

    static boolean interrupted() {
        return LastError.getLastError(RUNTIME) == Errno.EINTR.number();
    }

    /** A failure of the last call. Reads errno before it builds any text. */
    static ErrnoException failed(String call, Object on) {
        Errno errno = errno();
        return new ErrnoException(call + "(" + on + ")", errno);
    }

    /** A NUL-terminated copy of a string. */
    static Pointer string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Pointer memory = allocate(bytes.length + 1);
        memory.put(0, bytes, 0, bytes.length);
        return memory;
    }
}
