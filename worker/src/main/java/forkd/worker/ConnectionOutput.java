package forkd.worker;

import java.io.IOException;
import java.io.OutputStream;

/** write(2) on descriptor 1, which is the same socket as 0. */
final class ConnectionOutput extends OutputStream {
    private final InheritedConnection connection;

    ConnectionOutput(InheritedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void write(int b) throws IOException {
        connection.check();
        try {
            StreamBytes.OUT.write(b);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        connection.check();
        try {
            connection.bytes().write(buffer, offset, length);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public void close() throws IOException {
        connection.channel().shutdownOutput();
    }
}
