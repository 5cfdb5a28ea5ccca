package forkd.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Map;

/**
 * The connected socket of a worker. It is the worker's descriptor 0 and 1, owned by the worker, which closes it by
 * ending. A handler uses either the streams or the channel: a channel that was made non-blocking makes the streams of
 * the same socket non-blocking too. Any thread may call any method.
 */
public interface Connection {
    /** The number of this connection since the launcher's start, from 1; the {@code id} of the event log. */
    long id();

    /**
     * Reads with read(2): unbuffered, blocks until bytes, the end of file (the client closed or half-closed) or an error
     * come. Always the same stream. Closing it makes the socket refuse further input and leaves output open. Its methods
     * throw {@link ConnectionLostException} where the client is gone (ECONNRESET, ETIMEDOUT).
     */
    InputStream input();

    /**
     * Writes with write(2): unbuffered, blocks while the client does not read. Always the same stream. Closing it tells
     * the client that nothing more comes (half-close, shutdown(2) with SHUT_WR) and leaves input open. Its methods throw
     * {@link ConnectionLostException} where the client is gone (EPIPE, ECONNRESET).
     */
    OutputStream output();

    /**
     * The same socket as a NIO channel: {@link System#inheritedChannel()}. Always the same channel. Closing it also puts
     * /dev/null onto descriptors 0, 1 and 2, as the JDK documents for a service started by inetd.
     */
    SocketChannel channel() throws IOException;

    /**
     * The client's address: an {@link java.net.InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}, whose path is
     * empty where the client has bound no name. Behind a proxy that tells it is the client's and not the proxy's, which
     * {@link #channel()} shows. No system call, and no question to the DNS.
     *
     * @throws IOException where the worker was not told
     */
    SocketAddress remote() throws IOException;

    /** The address that the client connected to, in the same way as {@link #remote()}. */
    SocketAddress local() throws IOException;

    /** The name of the listener that the client connected to, as the event log prints it. */
    String listener();

    /**
     * What the worker was told: the variables of the connection under the names of {@link WorkerContract}, those that access
     * rules and the proxy have added, and those that the operator passes to all workers. In a worker the same as
     * {@link System#getenv()}. It cannot be changed.
     */
    Map<String, String> variables();
}
