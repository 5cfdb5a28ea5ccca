package forkd.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;

/** The connection that this process was born with, on descriptors 0 and 1. NIO is loaded only where it is asked for. */
final class InheritedConnection implements Connection {
    private final long id;
    private final ConnectionInput input = new ConnectionInput(this);
    private final ConnectionOutput output = new ConnectionOutput(this);
    private final ChannelSource source;
    private SocketChannel channel;

    InheritedConnection(long id, ChannelSource source) {
        this.id = id;
        this.source = source;
    }

    /** The class library's own way: {@link System#inheritedChannel()}. */
    static SocketChannel ofClassLibrary() throws IOException {
        Channel inherited = System.inheritedChannel();
        if (inherited == null) {
            throw new IOException("descriptor 0 is no socket");
        }
        // The class library takes a socket without a peer for a listening one; ours has lost its peer.
        return inherited instanceof SocketChannel socket ? socket : null;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public synchronized SocketChannel channel() throws IOException {
        if (channel == null) {
            SocketChannel socket = source.open();
            if (socket == null) {
                throw new ConnectionLostException(new IOException("the client has reset the connection"));
            }
            channel = socket;
        }
        return channel;
    }

    @Override
    public SocketAddress remote() throws IOException {
        return channel().getRemoteAddress();
    }

    @Override
    public SocketAddress local() throws IOException {
        return channel().getLocalAddress();
    }
}
