package forkd.zygote;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.Sockets;
import forkd.worker.ChannelSource;
import forkd.worker.ConnectionBytes;
import forkd.worker.StreamBytes;
import forkd.worker.WorkerContract;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The channel of a connection that this JVM was not born with. {@link System#inheritedChannel()} expects the socket to be on
 * descriptor 0 when the network library is loaded: JDK 17 decides then whether it speaks IPv6, and if it does, it takes a
 * connected IPv4 socket for a listening one. In a zygote descriptor 0 is /dev/null at that time. So where the class library
 * answers wrongly although the socket has a peer, the channel is made here as the class library makes it.
 */
final class AdoptedChannel implements ChannelSource {
    private final ConnectionBytes bytes;

    /** @param bytes what the connection's streams read and write with */
    AdoptedChannel(ConnectionBytes bytes) {
        this.bytes = bytes;
    }

    /** With the class library's. */
    AdoptedChannel() {
        this(StreamBytes.INSTANCE);
    }

    @Override
    public ConnectionBytes bytes() {
        return bytes;
    }

    @Override
    public SocketChannel open() throws IOException {
        Channel inherited = System.inheritedChannel();
        if (inherited instanceof SocketChannel socket) {
            return socket;
        }
        try {
            return Sockets.peerOf(WorkerContract.CONNECTION_IN) instanceof InetAddr peer ? make(peer) : null;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOTCONN) {
                return null;
            }
            throw e;
        }
    }

    private static SocketChannel make(InetAddr peer) throws IOException {
        ProtocolFamily family =
                peer.address().getAddress().length == 4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try {
            Method newDescriptor = Class.forName("sun.nio.ch.IOUtil").getDeclaredMethod("newFD", int.class);
            newDescriptor.setAccessible(true);
            Constructor<?> constructor = Class.forName("sun.nio.ch.SocketChannelImpl")
                    .getDeclaredConstructor(
                            SelectorProvider.class, ProtocolFamily.class, FileDescriptor.class, SocketAddress.class);
            constructor.setAccessible(true);
            int number = Posix.duplicate(WorkerContract.CONNECTION_IN).release();
            return (SocketChannel) constructor.newInstance(
                    SelectorProvider.provider(),
                    family,
                    newDescriptor.invoke(null, number),
                    new InetSocketAddress(peer.address(), peer.port()));
        } catch (ReflectiveOperationException e) {
            throw new IOException("this JDK does not give a channel for an inherited connection", e);
        }
    }
}
