package forkd.posix;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * struct msghdr with one iovec and room for one SCM_RIGHTS control message: recv(2), cmsg(3), unix(7). The layout is that
 * of 64-bit Linux.
 */
final class MessageHeader {
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_CTRUNC = 0x8;
    private static final int SCM_RIGHTS = 1;

    private static final int IOV = 16;
    private static final int IOV_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int HEADER_BYTES = 56;

    private static final int IOVEC_BYTES = 16;

    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private final Pointer memory;
    private final Pointer control;
    private final Pointer data;

    private MessageHeader(int dataBytes, int descriptors) {
        int controlBytes = descriptors == 0 ? 0 : controlSpace(descriptors);
        int dataAt = HEADER_BYTES + IOVEC_BYTES;
        int controlAt = (dataAt + Math.max(1, dataBytes) + Long.BYTES - 1) & -Long.BYTES;
        memory = Native.allocate(controlAt + controlBytes);
        data = memory.slice(dataAt);
        control = memory.slice(controlAt);
        Pointer iovec = memory.slice(HEADER_BYTES);
        iovec.putAddress(0, data.address());
        iovec.putLong(Long.BYTES, dataBytes);
        memory.putAddress(IOV, iovec.address());
        memory.putLong(IOV_LENGTH, 1);
        memory.putAddress(CONTROL, controlBytes == 0 ? 0 : control.address());
        memory.putLong(CONTROL_LENGTH, controlBytes);
    }

    static MessageHeader toSend(byte[] bytes, List<Fd> descriptors) {
        MessageHeader header = new MessageHeader(bytes.length, descriptors.size());
        header.data.put(0, bytes, 0, bytes.length);
        if (!descriptors.isEmpty()) {
            Pointer control = header.control;
            control.putLong(0, CMSG_DATA + (long) Integer.BYTES * descriptors.size());
            control.putInt(CMSG_LEVEL, Posix.SOL_SOCKET);
            control.putInt(CMSG_TYPE, SCM_RIGHTS);
            for (int i = 0; i < descriptors.size(); i++) {
                control.putInt(CMSG_DATA + Integer.BYTES * i, descriptors.get(i).number());
            }
        }
        return header;
    }

    static MessageHeader toReceive(int maxBytes, int maxDescriptors) {
        return new MessageHeader(maxBytes, maxDescriptors);
    }

    Pointer memory() {
        return memory;
    }

    byte[] data(int length) {
        byte[] bytes = new byte[length];
        data.get(0, bytes, 0, length);
        return bytes;
    }

    /** The descriptors that have come; each call makes new owners, so it is called once. */
    List<Fd> descriptors() {
        List<Fd> descriptors = new ArrayList<>();
        long controlLength = memory.getLong(CONTROL_LENGTH);
        if (controlLength < CMSG_DATA
                || control.getInt(CMSG_LEVEL) != Posix.SOL_SOCKET
                || control.getInt(CMSG_TYPE) != SCM_RIGHTS) {
            return descriptors;
        }
        long end = control.getLong(0);
        for (int at = CMSG_DATA; at + Integer.BYTES <= end; at += Integer.BYTES) {
            descriptors.add(new Fd(control.getInt(at)));
        }
        return descriptors;
    }

    /** Whether bytes or descriptors were lost because there was no room for them. */
    boolean isTruncated() {
        return (memory.getInt(FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    }

    /** CMSG_SPACE. */
    private static int controlSpace(int descriptors) {
        return CMSG_DATA + (Integer.BYTES * descriptors + Long.BYTES - 1 & -Long.BYTES);
    }
}
