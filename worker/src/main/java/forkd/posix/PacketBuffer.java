package forkd.posix;

import static forkd.posix.Native.LIBC;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import jnr.ffi.Pointer;

/**
 * Native memory for one message on a packet socket (SOCK_SEQPACKET), with room for descriptors beside it: struct msghdr
 * with one iovec and one SCM_RIGHTS control message, recv(2), cmsg(3), unix(7), in the layout of 64-bit Linux. It is made
 * once and used for many messages; sending and receiving allocate nothing. One thread at a time.
 */
public final class PacketBuffer {
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;

    /** struct ucred, which takes as much room as so many descriptors. */
    private static final int CREDENTIALS = 3;

    private static final int IOV = 16;
    private static final int IOV_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int HEADER_BYTES = 56;

    /** The one iovec, behind the header: its address and its length. */
    private static final int IOVEC = HEADER_BYTES;

    private static final int IOVEC_LENGTH = IOVEC + 8;
    private static final int IOVEC_BYTES = 16;

    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private final Pointer header;
    private final Pointer control;
    private final Pointer data;
    /** All of it, header first. Not by JNR's pointers, for whose class a worker would have to look. */
    private final ByteBuffer memory;

    private final long address;
    private final int controlAt;
    private final int dataAt;
    private final int capacity;
    private final int controlBytes;
    private final int controlLength;

    /**
     * Allocates the memory, zeroed.
     *
     * @param capacity the bytes of the longest message
     * @param maxDescriptors how many descriptors a message may carry
     */
    public PacketBuffer(int capacity, int maxDescriptors) {
        this(capacity, maxDescriptors, Native::allocate);
    }

    /** The same in pages of its own, which are never given back: for what a process writes before and after each fork. */
    public static PacketBuffer inOwnPages(int capacity, int maxDescriptors) {
        return new PacketBuffer(capacity, maxDescriptors, Native::map);
    }

    /** The same for a short message without descriptors that a forked worker sends: beside what else it writes to, for good. */
    public static PacketBuffer inWorkerPages(int capacity) {
        return new PacketBuffer(capacity, 0, WorkerPages::allocate);
    }

    /**
     * For messages without descriptors whose {@link #sender} is to be known: of a socket with SO_PASSCRED. A message that comes with
     * descriptors is refused, EMSGSIZE, and the kernel closes them.
     */
    public static PacketBuffer withSender(int capacity) {
        return new PacketBuffer(capacity, CREDENTIALS);
    }

    private PacketBuffer(int capacity, int maxDescriptors, IntFunction<Pointer> allocator) {
        this.capacity = capacity;
        this.controlLength = maxDescriptors == 0 ? 0 : CMSG_DATA + Integer.BYTES * maxDescriptors;
        this.controlBytes = maxDescriptors == 0 ? 0 : controlSpace(maxDescriptors);
        this.controlAt = HEADER_BYTES + IOVEC_BYTES;
        this.dataAt = controlAt + controlBytes;
        int bytes = dataAt + Math.max(Long.BYTES, capacity);
        header = allocator.apply(bytes);
        control = header.slice(controlAt);
        data = header.slice(dataAt);
        address = header.address();
        memory = Native.directBuffer(header, bytes);
        memory.putLong(IOVEC, address + dataAt);
        memory.putLong(IOV, address + IOVEC);
        memory.putLong(IOV_LENGTH, 1);
        memory.putLong(CONTROL, controlBytes == 0 ? 0 : address + controlAt);
    }

    /** The bytes of the longest message. */
    public int capacity() {
        return capacity;
    }

    public byte getByte(int at) {
        return memory.get(dataAt + at);
    }

    public void putByte(int at, byte value) {
        memory.put(dataAt + at, value);
    }

    public int getInt(int at) {
        return memory.getInt(dataAt + at);
    }

    public void putInt(int at, int value) {
        memory.putInt(dataAt + at, value);
    }

    public long getLong(int at) {
        return memory.getLong(dataAt + at);
    }

    public void putLong(int at, long value) {
        memory.putLong(dataAt + at, value);
    }

    public void getBytes(int at, byte[] to, int offset, int count) {
        memory.get(dataAt + at, to, offset, count);
    }

    public void putBytes(int at, byte[] from, int offset, int count) {
        memory.put(dataAt + at, from, offset, count);
    }

    /** Where the message's bytes lie in this process, and in its forks. */
    public long address() {
        return address + dataAt;
    }

    /** The same for native calls of this package. */
    Pointer data() {
        return data;
    }

    /** struct msghdr. */
    Pointer header() {
        return header;
    }

    /** Where the descriptors lie, behind their struct cmsghdr. */
    Pointer control() {
        return control;
    }

    /** What msg_controllen has to be before each recvmsg(2). */
    int controlLength() {
        return controlLength;
    }

    /**
     * sendmsg(2) of the first bytes of this buffer. Blocks while the socket's buffer is full.
     *
     * @param length how many bytes
     * @param descriptors stay the caller's
     */
    public void send(Fd socket, int length, List<Fd> descriptors) throws ErrnoException {
        if (length == 0 && !descriptors.isEmpty()) {
            throw new IllegalArgumentException("descriptors travel with at least one byte: unix(7)");
        }
        putDescriptors(descriptors);
        long n = send(socket, length, 0);
        if (n < 0) {
            throw Native.failed("sendmsg", socket);
        }
        requireWhole(socket, n, length);
    }

    private static void requireWhole(Fd socket, long n, int length) throws ErrnoException {
        if (n < length) {
            throw new ErrnoException("sendmsg(" + socket + ", " + n + " of " + length + " bytes)", Errno.EMSGSIZE);
        }
    }

    /**
     * sendmsg(2) with MSG_DONTWAIT.
     *
     * @param descriptors go with it and stay the caller's
     * @return false where the socket's buffer is full (EAGAIN)
     */
    public boolean offer(Fd socket, int length, List<Fd> descriptors) throws ErrnoException {
        putDescriptors(descriptors);
        long n = send(socket, length, MSG_DONTWAIT);
        if (n >= 0) {
            requireWhole(socket, n, length);
            return true;
        }
        if (Native.errno() == Errno.EAGAIN) {
            return false;
        }
        throw Native.failed("sendmsg", socket);
    }

    /**
     * The same as {@link #send(Fd, int, List)} without descriptors, for a process with one thread that must not allocate.
     *
     * @param fd the socket's number
     * @return false where it failed
     */
    public boolean sendRaw(int fd, int length) {
        prepareToSend(length);
        return LoneCalls.sendmsg(fd, address, MSG_NOSIGNAL) == length;
    }

    /** What sendmsg(2) wants to know of a message without descriptors. */
    void prepareToSend(int length) {
        putDescriptorCount(0);
        memory.putLong(IOVEC_LENGTH, length);
    }

    private long send(Fd socket, int length, int flags) {
        memory.putLong(IOVEC_LENGTH, length);
        long n;
        do {
            n = LIBC.sendmsg(socket.number(), header, MSG_NOSIGNAL | flags);
        } while (n < 0 && Native.interrupted());
        return n;
    }

    /**
     * recvmsg(2) into this buffer. Blocks until a message or the end of file comes. Descriptors that come with it are
     * close-on-exec and the caller's, who takes each with {@link #descriptor}.
     *
     * @return the message's length, 0 at the end of file
     * @throws ErrnoException EMSGSIZE where there was more than this buffer holds; what had come is closed
     */
    public int receive(Fd socket) throws ErrnoException {
        return checked(socket, receive(socket, 0));
    }

    /**
     * The same with MSG_DONTWAIT.
     *
     * @return the message's length, 0 at the end of file, -1 where none waits (EAGAIN)
     */
    public int poll(Fd socket) throws ErrnoException {
        long n = receive(socket, MSG_DONTWAIT);
        if (n < 0 && Native.errno() == Errno.EAGAIN) {
            return -1;
        }
        return checked(socket, n);
    }

    /**
     * The same as {@link #receive} for a process with one thread that must not allocate: the socket's number, and a number below
     * zero for every failure.
     */
    public int receiveRaw(int fd) {
        long n;
        do {
            prepareToReceive();
            n = LoneCalls.recvmsg(fd, address, MSG_CMSG_CLOEXEC);
        } while (n == -Errno.EINTR.number());
        return (int) n;
    }

    private long receive(Fd socket, int flags) {
        long n;
        do {
            prepareToReceive();
            n = LIBC.recvmsg(socket.number(), header, MSG_CMSG_CLOEXEC | flags);
        } while (n < 0 && Native.interrupted());
        return n;
    }

    /** What recvmsg(2) wants to know; of that it changes the control message's length. */
    void prepareToReceive() {
        // Not all of the space: its padding would take one descriptor more than was asked for.
        memory.putLong(CONTROL_LENGTH, controlLength);
        memory.putInt(FLAGS, 0);
        memory.putLong(IOVEC_LENGTH, capacity);
    }

    private int checked(Fd socket, long n) throws ErrnoException {
        if (n < 0) {
            throw Native.failed("recvmsg", socket);
        }
        if ((memory.getInt(FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
            descriptors().forEach(Fd::close);
            throw new ErrnoException("recvmsg(" + socket + ")", Errno.EMSGSIZE);
        }
        return (int) n;
    }

    /** The number of a descriptor that came with the last message, -1 where there is none at that index. */
    public int descriptor(int index) {
        long length = memory.getLong(CONTROL_LENGTH);
        if (length < CMSG_DATA
                || memory.getInt(controlAt + CMSG_LEVEL) != Sockets.SOL_SOCKET
                || memory.getInt(controlAt + CMSG_TYPE) != SCM_RIGHTS) {
            return -1;
        }
        long at = CMSG_DATA + (long) Integer.BYTES * index;
        return at + Integer.BYTES <= memory.getLong(controlAt) ? memory.getInt(controlAt + (int) at) : -1;
    }

    /** The pid of the process that has sent the last message, as the kernel knows it; -1 where the socket has no SO_PASSCRED. */
    public int sender() {
        if (memory.getLong(CONTROL_LENGTH) < CMSG_DATA
                || memory.getInt(controlAt + CMSG_LEVEL) != Sockets.SOL_SOCKET
                || memory.getInt(controlAt + CMSG_TYPE) != SCM_CREDENTIALS) {
            return -1;
        }
        return memory.getInt(controlAt + CMSG_DATA);
    }

    /** Owners for all descriptors of the last message; called once a message. */
    List<Fd> descriptors() {
        List<Fd> descriptors = new ArrayList<>();
        for (int i = 0; descriptor(i) >= 0; i++) {
            descriptors.add(new Fd(descriptor(i)));
        }
        return descriptors;
    }

    private void putDescriptors(List<Fd> descriptors) {
        for (int i = 0; i < descriptors.size(); i++) {
            putDescriptor(i, descriptors.get(i).number());
        }
        putDescriptorCount(descriptors.size());
    }

    private void putDescriptor(int index, int number) {
        memory.putInt(controlAt + CMSG_DATA + Integer.BYTES * index, number);
    }

    private void putDescriptorCount(int count) {
        if (count == 0) {
            memory.putLong(CONTROL_LENGTH, 0);
            return;
        }
        memory.putLong(controlAt, CMSG_DATA + (long) Integer.BYTES * count);
        memory.putInt(controlAt + CMSG_LEVEL, Sockets.SOL_SOCKET);
        memory.putInt(controlAt + CMSG_TYPE, SCM_RIGHTS);
        memory.putLong(CONTROL_LENGTH, controlSpace(count));
    }

    /** CMSG_SPACE. */
    private static int controlSpace(int descriptors) {
        return CMSG_DATA + (Integer.BYTES * descriptors + Long.BYTES - 1 & -Long.BYTES);
    }
}
