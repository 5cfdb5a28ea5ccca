package forkd.launcher.freeze;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Which pages of a process are there: /proc/PID/pagemap, proc(5). */
final class PageTable implements Residency, AutoCloseable {
    static final int PAGE_BYTES = 4096;

    private static final long PRESENT = 1L << 63;
    private static final long OF_FILE = 1L << 61; // or shared

    private final RandomAccessFile file;

    PageTable(int pid) throws IOException {
        try {
            this.file = new RandomAccessFile("/proc/" + pid + "/pagemap", "r");
        } catch (FileNotFoundException e) {
            throw new IOException("the page table of process " + pid + " cannot be opened", e);
        }
    }

    @Override
    public int present(long start, long end) throws IOException {
        return count(start, end, PRESENT, PRESENT);
    }

    @Override
    public int own(long start, long end) throws IOException {
        return count(start, end, PRESENT | OF_FILE, PRESENT);
    }

    private int count(long start, long end, long mask, long wanted) throws IOException {
        long first = start / PAGE_BYTES;
        ByteBuffer entries = ByteBuffer.allocate((int) (end / PAGE_BYTES - first) * Long.BYTES)
                .order(ByteOrder.nativeOrder());
        int length = file.getChannel().read(entries, first * Long.BYTES);
        int count = 0;
        for (int i = 0; i < length; i += Long.BYTES) {
            if ((entries.getLong(i) & mask) == wanted) {
                count++;
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
