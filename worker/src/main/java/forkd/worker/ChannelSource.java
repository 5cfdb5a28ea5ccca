package forkd.worker;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Where the NIO channel of the connection on descriptor 0 comes from; asked at most once, and only where a handler asks. */
@FunctionalInterface
public interface ChannelSource {
    /** The channel; null where the socket has lost its peer. */
    SocketChannel open() throws IOException;
}
