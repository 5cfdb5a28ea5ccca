package forkd.posix;

import java.io.IOException;

/** The argument area of this process, written without JNR and without a file: {@link TitleArea} for a worker of the pool. */
public final class PlainTitle {
    private final long start;
    private final int room;

    /** Finds the area. */
    public PlainTitle() throws IOException {
        long[] bounds = ProcessTitle.argumentArea();
        start = bounds[0];
        room = (int) (bounds[1] - bounds[0]);
    }

    /** Shows this, cut where there is no room. The name of the process ({@code ps -o comm}) stays. */
    public void write(byte[] title) {
        int length = Math.max(0, Math.min(title.length, room - 1));
        byte[] line = new byte[Math.max(0, room)]; // the last byte stays NUL
        System.arraycopy(title, 0, line, 0, length);
        PlainCalls.memory().putByteArray(start, line, 0, line.length);
    }
}
