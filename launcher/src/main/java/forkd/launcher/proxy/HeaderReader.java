package forkd.launcher.proxy;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Sockets;
import java.util.Optional;

/**
 * Reads a header from a socket, exactly: it looks at what waits (MSG_PEEK), and takes what belongs to the header. Nothing that was seen and belongs to
 * it is left: a poll that is level-triggered sleeps until more comes, and a client that sends one byte at a time costs two calls a byte and
 * no loop. It never blocks, and does not own the socket.
 */
public final class HeaderReader {
    private final Fd socket;
    private final HeaderBuffer buffer = new HeaderBuffer();

    public HeaderReader(Fd socket) {
        this.socket = socket;
    }

    /**
     * Takes what has come.
     *
     * @return the header; empty where it is not there yet
     * @throws ProxyHeaderException where it is none, or the connection has ended before it was complete
     */
    public Optional<ProxyHeader> read() throws ProxyHeaderException {
        byte[] chunk = new byte[HeaderBuffer.CHUNK];
        while (!buffer.isComplete()) {
            int count = receive(chunk, buffer.room());
            if (count == 0) {
                return Optional.empty();
            }
            buffer.append(chunk, count);
        }
        return Optional.of(buffer.header());
    }

    private int receive(byte[] chunk, int wanted) throws ProxyHeaderException {
        int known = wanted;
        if (!buffer.knowsItsEnd()) {
            int seen = receive(chunk, wanted, true);
            known = buffer.measure(chunk, seen);
        }
        return known == 0 ? 0 : receive(chunk, known, false);
    }

    private int receive(byte[] chunk, int count, boolean peek) throws ProxyHeaderException {
        int n;
        try {
            n = Sockets.receive(socket, chunk, count, peek);
        } catch (ErrnoException e) {
            throw new ProxyHeaderException(
                    "the connection was lost after " + buffer.size() + " bytes of the header: " + e.errno());
        }
        if (n < 0) {
            throw new ProxyHeaderException("the connection ended after " + buffer.size() + " bytes of the header");
        }
        return n;
    }
}
