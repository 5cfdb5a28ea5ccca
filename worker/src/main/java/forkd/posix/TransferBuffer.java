package forkd.posix;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A little native memory through which bytes go from a descriptor into an array and back: read(2) and write(2) without a function of the
 * VM's. The class library's streams have the VM copy them, and a worker that has just been forked pays for every page of the VM's code and
 * data that it is the first to touch. Few bytes are copied by compiled Java code; for many the VM is the faster.
 *
 * <p>x86_64 only. Owns its memory, for good. One thread at a time, and no virtual one: while a call waits its thread is not free for another.
 */
public final class TransferBuffer {
    /** A longer array is served in pieces by {@link #read}, and not at all by {@link #write}. */
    public static final int BYTES = 8 * 1024;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long SYS_READ = 0;
    private static final long SYS_WRITE = 1;

    /** The call's arguments, in front of the bytes. */
    private static final int FRAME_BYTES = RawCall.FRAME_BYTES;

    /** What one of these takes. */
    static final int MEMORY_BYTES = FRAME_BYTES + BYTES;

    /** Not among malloc's: a worker that has a huge page of it pays for the first write, see native-notes/huge-pages.md. */
    private final ByteBuffer memory = WorkerPages.transferMemory();

    private final long bytes = Native.addressOf(memory) + FRAME_BYTES;
    private final RawCall call = new RawCall(memory, bytes - FRAME_BYTES);

    /**
     * ssize_t read(int fd, void *buf, size_t count); read(2). Blocks until something comes, or the end; EINTR is retried.
     *
     * @return how many bytes were read; 0 at the end of file, or where none are wanted
     */
    public int read(int fd, byte[] to, int offset, int length) throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, to.length);
        int count = (int) call(SYS_READ, fd, 0, Math.min(length, BYTES));
        copyTo(to, offset, count);
        return count;
    }

    /**
     * ssize_t write(int fd, const void *buf, size_t count); write(2), until all is written. Blocks; EINTR is retried.
     *
     * @param length at most {@value #BYTES}
     */
    public void write(int fd, byte[] from, int offset, int length) throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, from.length);
        Objects.checkFromIndexSize(0, length, BYTES);
        copyFrom(from, offset, length);
        int done = 0;
        while (done < length) {
            done += (int) call(SYS_WRITE, fd, done, length - done);
        }
    }

    /**
     * Copies every kind of length, to and fro; reads and writes nothing. What the compiler has never seen taken it compiles as a trap, and the
     * first bytes of a length of another kind would cost a worker thirty pages more. To be repeated as long as the callers are being compiled.
     */
    public void practise() {
        byte[] array = new byte[2 * Long.BYTES + 1];
        for (int length = 0; length <= array.length; length++) {
            copyFrom(array, 0, length);
            copyTo(array, 0, length);
        }
    }

    private long call(long number, int fd, int at, int count) throws ErrnoException {
        long n;
        do {
            n = call.call(number, fd, bytes + at, count);
        } while (n == -Errno.EINTR.number());
        if (n < 0) {
            throw new ErrnoException((number == SYS_READ ? "read(" : "write(") + fd + ")", Errno.of((int) -n));
        }
        return n;
    }

    private void copyTo(byte[] to, int offset, int count) {
        int done = 0;
        for (; done + Long.BYTES <= count; done += Long.BYTES) {
            LONGS.set(to, offset + done, memory.getLong(FRAME_BYTES + done));
        }
        for (; done < count; done++) {
            to[offset + done] = memory.get(FRAME_BYTES + done);
        }
    }

    private void copyFrom(byte[] from, int offset, int length) {
        int done = 0;
        for (; done + Long.BYTES <= length; done += Long.BYTES) {
            memory.putLong(FRAME_BYTES + done, (long) LONGS.get(from, offset + done));
        }
        for (; done < length; done++) {
            memory.put(FRAME_BYTES + done, from[offset + done]);
        }
    }
}
