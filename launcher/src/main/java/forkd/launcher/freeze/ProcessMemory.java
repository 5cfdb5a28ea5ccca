package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.ProcessState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The memory of another process: /proc/PID/mem, proc(5). It takes the right to trace the process; writing ignores page
 * protections. The memory of a process that has ended takes and gives no bytes, and that is no error to the kernel: here it is ESRCH.
 */
final class ProcessMemory implements AutoCloseable {
    private final String path;
    private final RandomAccessFile file;
    private final FileChannel channel;

    /** @throws IOException where there is no such process, or it must not be traced */
    ProcessMemory(int pid) throws IOException {
        path = "/proc/" + pid + "/mem";
        try {
            this.file = new RandomAccessFile(path, "rw");
        } catch (FileNotFoundException e) {
            if (ProcessState.hasEnded(pid)) {
                throw new ErrnoException("open(" + path + ")", Errno.ESRCH);
            }
            Posix.open(path).close(); // fails like it, and tells the errno
            throw new IOException("the memory of process " + pid + " cannot be opened", e);
        }
        this.channel = file.getChannel();
    }

    int getInt(long address) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        read(address, bytes);
        return bytes.getInt(0);
    }

    void putInt(long address, int value) throws IOException {
        write(
                address,
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(0, value));
    }

    /** Fills the buffer. */
    void read(long address, ByteBuffer bytes) throws IOException {
        long at = address;
        while (bytes.hasRemaining()) {
            int n = channel.read(bytes, at);
            if (n <= 0) {
                throw new ErrnoException("read(" + path + ")", Errno.ESRCH);
            }
            at += n;
        }
    }

    /** Reads up to the first page that cannot be read; what is not there stays out of the buffer. */
    void readWhatIsThere(long address, ByteBuffer bytes) throws IOException {
        long at = address;
        while (bytes.hasRemaining()) {
            int n;
            try {
                n = channel.read(bytes, at);
            } catch (IOException e) {
                return; // EIO: the whole rest
            }
            if (n <= 0) {
                return;
            }
            at += n;
        }
    }

    /** Writes all that remains in the buffer. */
    void write(long address, ByteBuffer bytes) throws IOException {
        long at = address;
        while (bytes.hasRemaining()) {
            int n = channel.write(bytes, at);
            if (n <= 0) {
                throw new ErrnoException("write(" + path + ")", Errno.ESRCH);
            }
            at += n;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
