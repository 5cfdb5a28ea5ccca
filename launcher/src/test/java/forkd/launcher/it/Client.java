package forkd.launcher.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * The client's end of a connection, over whatever it is. It waits without a limit; another thread may close it meanwhile.
 *
 * @param port its own; 0 where there are none
 * @param serverPort the other end's
 * @param connection is closed with it
 */
record Client(InputStream input, OutputStream output, int port, int serverPort, Closeable connection)
        implements AutoCloseable {
    static Client of(Socket socket) throws IOException {
        socket.setSoTimeout(0);
        return new Client(
                socket.getInputStream(), socket.getOutputStream(), socket.getLocalPort(), socket.getPort(), socket);
    }

    /** Of a Unix socket. */
    static Client of(Path path) throws IOException {
        return of(UnixDomainSocketAddress.of(path));
    }

    static Client of(SocketAddress server) throws IOException {
        if (server instanceof InetSocketAddress inet) {
            return of(new Socket(inet.getAddress(), inet.getPort()));
        }
        SocketChannel channel = SocketChannel.open(server);
        return new Client(Channels.newInputStream(channel), Channels.newOutputStream(channel), 0, 0, channel);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
