package forkd.launcher.freeze;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Which pages of a process are there: /proc/PID/pagemap, proc(5). */
final class PageTable implements AutoCloseable {
    static final int PAGE_BYTES = 4096;

    private final RandomAccessFile file;

    PageTable(int pid) throws IOException {
        try {
            this.file = new RandomAccessFile("/proc/" + pid + "/pagemap", "r");
        } catch (FileNotFoundException e) {
            throw new IOException("the page table of process " + pid + " cannot be opened", e);
        }
    }

    /** How many pages of a range are in memory and mapped. */
    int present(long start, long end) throws IOException {
        long first = start / PAGE_BYTES;
        ByteBuffer entries = ByteBuffer.allocate((int) (end / PAGE_BYTES - first) * Long.BYTES)
                .order(ByteOrder.nativeOrder());
        int length = file.getChannel().read(entries, first * Long.BYTES);
        int present = 0;
        for (int i = 0; i < length; i += Long.BYTES) {
            if (entries.getLong(i) < 0) { // bit 63
                present++;
            }
        }
        return present;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
