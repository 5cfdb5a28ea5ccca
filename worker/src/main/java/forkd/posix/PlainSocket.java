package forkd.posix;

import com.kenai.jffi.MemoryIO;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet socket (SOCK_SEQPACKET) and memory for one message with its descriptors, without JNR: what {@link PacketBuffer} is,
 * for a worker of the pool, which sends a few bytes and receives one message for each connection. The layout is that of 64-bit
 * Linux: recvmsg(2), cmsg(3), unix(7). One thread. The memory is never given back: an environment may lie in it.
 */
public final class PlainSocket {
    private static final MemoryIO MEMORY = PlainCalls.memory();

    /** The longest message that can be sent. */
    public static final int MAX_SENT_BYTES = 4096;

    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_CTRUNC = 0x8;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int HEADER_BYTES = 56;
    private static final int IOVEC_LENGTH = 8;
    private static final int IOVEC_BYTES = 16;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private final int fd;
    private final int capacity;
    private final int controlLength;
    private final long header;
    private final long iovec;
    private final long control;
    private final long data;
    /** A header, its vector and the bytes of what is sent. */
    private final long sent;
    /** Where the environment is that this process was born with. */
    private final long bornWith = MEMORY.getLong(PlainCalls.address("environ"));

    /**
     * Allocates the memory.
     *
     * @param fd the socket's number; stays its owner's
     * @param capacity the bytes of the longest message
     * @param maxDescriptors how many descriptors a message may carry, at least 1
     */
    public PlainSocket(int fd, int capacity, int maxDescriptors) {
        this.fd = fd;
        this.capacity = capacity;
        controlLength = CMSG_DATA + Integer.BYTES * maxDescriptors;
        int controlAt = HEADER_BYTES + IOVEC_BYTES;
        int dataAt = controlAt + (controlLength + Long.BYTES - 1 & -Long.BYTES);
        header = MEMORY.allocateMemory(dataAt + capacity, true);
        iovec = header + HEADER_BYTES;
        control = header + controlAt;
        data = header + dataAt;
        MEMORY.putLong(header + IOV, iovec);
        MEMORY.putLong(header + IOV_COUNT, 1);
        MEMORY.putLong(header + CONTROL, control);
        MEMORY.putLong(iovec, data);
        sent = MEMORY.allocateMemory(HEADER_BYTES + IOVEC_BYTES + MAX_SENT_BYTES, true);
        MEMORY.putLong(sent + IOV, sent + HEADER_BYTES);
        MEMORY.putLong(sent + IOV_COUNT, 1);
        MEMORY.putLong(sent + HEADER_BYTES, sent + HEADER_BYTES + IOVEC_BYTES);
    }

    public int getInt(int at) {
        return MEMORY.getInt(data + at);
    }

    public long getLong(int at) {
        return MEMORY.getLong(data + at);
    }

    /** A copy of some bytes of the message. */
    public byte[] getBytes(int at, int count) {
        byte[] bytes = new byte[count];
        MEMORY.getByteArray(data + at, bytes, 0, count);
        return bytes;
    }

    /**
     * sendmsg(2) of a message with descriptors, which stay the caller's; as many as this may receive. Takes the place of the
     * message that was received. Blocks while the socket's buffer is full.
     *
     * @throws ErrnoException EMSGSIZE where this memory does not hold it
     */
    public void send(byte[] message, int[] descriptors) throws ErrnoException {
        if (message.length > capacity) {
            throw new ErrnoException("sendmsg(fd " + fd + ", " + message.length + " bytes)", Errno.EMSGSIZE);
        }
        MEMORY.putByteArray(data, message, 0, message.length);
        MEMORY.putLong(iovec + IOVEC_LENGTH, message.length);
        MEMORY.putLong(header + CONTROL_LENGTH, controlLength);
        MEMORY.putLong(control, controlLength);
        MEMORY.putInt(control + CMSG_LEVEL, SOL_SOCKET);
        MEMORY.putInt(control + CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            MEMORY.putInt(control + CMSG_DATA + (long) Integer.BYTES * i, descriptors[i]);
        }
        if (PlainCalls.callInt("sendmsg", fd, header, MSG_NOSIGNAL) < 0) {
            throw PlainCalls.failed("sendmsg", "fd " + fd);
        }
    }

    /** sendmsg(2) of a message without descriptors; the received one stays as it is. Blocks while the socket's buffer is full. */
    public void send(byte[] message) throws ErrnoException {
        long length = Math.min(message.length, MAX_SENT_BYTES);
        MEMORY.putByteArray(sent + HEADER_BYTES + IOVEC_BYTES, message, 0, (int) length);
        MEMORY.putLong(sent + HEADER_BYTES + IOVEC_LENGTH, length);
        if (PlainCalls.callInt("sendmsg", fd, sent, MSG_NOSIGNAL) < 0) {
            throw PlainCalls.failed("sendmsg", "fd " + fd);
        }
    }

    /**
     * recvmsg(2) into this memory. Blocks until a message or the end of file comes. Descriptors that come with it are
     * close-on-exec and the caller's.
     *
     * @return the message's length, 0 at the end of file
     * @throws ErrnoException EMSGSIZE where there was more than this memory holds
     */
    public int receive() throws ErrnoException {
        // Not all of the space: its padding would take one descriptor more than was asked for.
        MEMORY.putLong(header + CONTROL_LENGTH, controlLength);
        MEMORY.putInt(header + FLAGS, 0);
        MEMORY.putLong(iovec + IOVEC_LENGTH, capacity);
        int length = PlainCalls.callInt("recvmsg", fd, header, MSG_CMSG_CLOEXEC);
        if (length < 0) {
            throw PlainCalls.failed("recvmsg", "fd " + fd);
        }
        if ((MEMORY.getInt(header + FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
            throw new ErrnoException("recvmsg(fd " + fd + ")", Errno.EMSGSIZE);
        }
        return length;
    }

    /** The number of a descriptor that came with the last message, -1 where there is none at that index. */
    public int descriptor(int index) {
        if (MEMORY.getLong(header + CONTROL_LENGTH) < CMSG_DATA
                || MEMORY.getInt(control + CMSG_LEVEL) != SOL_SOCKET
                || MEMORY.getInt(control + CMSG_TYPE) != SCM_RIGHTS) {
            return -1;
        }
        long at = CMSG_DATA + (long) Integer.BYTES * index;
        return at + Integer.BYTES <= MEMORY.getLong(control) ? MEMORY.getInt(control + at) : -1;
    }

    /**
     * Makes an {@link EnvironmentBlock} of the message the environment of this process, environ(7). The message has to stay as it
     * is until there is another environment, so {@link #removeEnvironment} comes before the next message.
     */
    public void installEnvironment(int at) {
        long block = data + at;
        long pointers = block + Long.BYTES;
        int count = (int) MEMORY.getLong(block);
        for (int i = 0; i < count; i++) {
            long pointer = pointers + (long) i * Long.BYTES;
            MEMORY.putLong(pointer, MEMORY.getLong(pointer) + block);
        }
        MEMORY.putLong(PlainCalls.address("environ"), pointers);
    }

    /** The environment that this process was born with is its environment again. */
    public void removeEnvironment() {
        MEMORY.putLong(PlainCalls.address("environ"), bornWith);
    }

    /** The variables of the environment that this process was born with. */
    public List<byte[]> environment() {
        List<byte[]> variables = new ArrayList<>();
        for (long at = bornWith; MEMORY.getLong(at) != 0; at += Long.BYTES) {
            variables.add(MEMORY.getZeroTerminatedByteArray(MEMORY.getLong(at)));
        }
        return variables;
    }
}
