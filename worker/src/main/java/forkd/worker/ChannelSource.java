package forkd.worker;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Where the NIO channel of the connection on descriptor 0 comes from, and its bytes where there is no channel. */
@FunctionalInterface
public interface ChannelSource {
    /** The channel; null where the socket has lost its peer. Asked at most once, and only where a handler asks. */
    SocketChannel open() throws IOException;

    /** What the connection's streams read and write with. */
    default ConnectionBytes bytes() {
        return StreamBytes.INSTANCE;
    }
}
