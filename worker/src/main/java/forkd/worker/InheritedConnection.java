package forkd.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.util.Map;

/** The connection that this process was born with, on descriptors 0 and 1. NIO is loaded only where it is asked for. */
final class InheritedConnection implements Connection {
    private final long id;
    private final ConnectionInput input = new ConnectionInput(this);
    private final ConnectionOutput output = new ConnectionOutput(this);
    private final ChannelSource source;
    private final ConnectionBytes bytes;
    private SocketChannel channel;
    private volatile boolean ended;

    InheritedConnection(long id, ChannelSource source) {
        this.id = id;
        this.source = source;
        this.bytes = source.bytes();
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

    /** The handler has returned. Its descriptors may be another connection's soon, which threads that it has left must not read. */
    void end() {
        ended = true;
    }

    void check() throws IOException {
        if (ended) {
            throw new IOException("connection " + id + " has ended: its handler has returned");
        }
    }

    ConnectionBytes bytes() {
        return bytes;
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
        check();
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
        return address(WorkerContract.TCP_REMOTE_IP, WorkerContract.TCP_REMOTE_PORT, WorkerContract.IPC_REMOTE_PATH);
    }

    @Override
    public SocketAddress local() throws IOException {
        return address(WorkerContract.TCP_LOCAL_IP, WorkerContract.TCP_LOCAL_PORT, WorkerContract.IPC_LOCAL_PATH);
    }

    @Override
    public String listener() {
        return variables().getOrDefault(WorkerContract.LISTENER, "");
    }

    @Override
    public Map<String, String> variables() {
        return System.getenv();
    }

    private static SocketAddress address(String ip, String port, String path) throws IOException {
        String host = System.getenv(ip);
        String number = System.getenv(port);
        if (host != null && number != null && number.matches("\\d{1,5}")) {
            return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(number)); // a literal: no DNS
        }
        String name = System.getenv(path);
        if (name == null) {
            throw new IOException("the worker was not told: neither " + ip + " nor " + path + " is set");
        }
        return UnixDomainSocketAddress.of(name);
    }
}
