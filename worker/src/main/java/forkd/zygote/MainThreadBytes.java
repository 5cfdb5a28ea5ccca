package forkd.zygote;

import forkd.posix.TransferBuffer;
import forkd.worker.ConnectionBytes;
import forkd.worker.StreamBytes;
import forkd.worker.WorkerContract;
import java.io.IOException;

/**
 * The connection's bytes in a forked worker: those that its main thread reads and writes, a few at a time, go through a
 * {@link TransferBuffer}. Other threads, virtual ones among them, and long arrays have the class library's way.
 */
final class MainThreadBytes implements ConnectionBytes {
    private static final int END_OF_FILE = -1;
    private static final byte[] NOTHING = {};

    private final Thread main = Thread.currentThread();
    private final TransferBuffer buffer = new TransferBuffer();
    /** In a field: a worker must not be the first to load it. */
    private final ConnectionBytes others = StreamBytes.INSTANCE;

    private MainThreadBytes() {}

    /** Those of this process and of all its forks. The first to ask is the zygote, on the thread that a fork keeps. */
    static MainThreadBytes ofForks() {
        return Holder.INSTANCE;
    }

    @Override
    public void practise() throws IOException {
        buffer.practise();
        // The first call of a native method looks for it, even where there is nothing to read.
        others.read(NOTHING, 0, 0);
        others.write(NOTHING, 0, 0);
    }

    private static final class Holder {
        static final MainThreadBytes INSTANCE = new MainThreadBytes();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (Thread.currentThread() != main || length > TransferBuffer.BYTES || length == 0) {
            return others.read(to, offset, length);
        }
        int count = buffer.read(WorkerContract.CONNECTION_IN, to, offset, length);
        return count == 0 ? END_OF_FILE : count;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        if (Thread.currentThread() != main || length > TransferBuffer.BYTES) {
            others.write(from, offset, length);
        } else {
            buffer.write(WorkerContract.CONNECTION_OUT, from, offset, length);
        }
    }
}
