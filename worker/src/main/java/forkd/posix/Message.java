package forkd.posix;

import java.util.List;

/** One message of recvmsg(2). */
public final class Message {
    private final byte[] data;
    private final List<Fd> descriptors;

    Message(byte[] data, List<Fd> descriptors) {
        this.data = data;
        this.descriptors = List.copyOf(descriptors);
    }

    /** The bytes; none at the end of file. The array is the caller's. */
    public byte[] data() {
        return data;
    }

    /** What came with SCM_RIGHTS, close-on-exec; the holder of this message owns them. */
    public List<Fd> descriptors() {
        return descriptors;
    }
}
