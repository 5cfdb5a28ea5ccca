package forkd.worker;

import java.io.IOException;
import java.io.InputStream;

/** read(2) on descriptor 0. */
final class ConnectionInput extends InputStream {
    private final InheritedConnection connection;

    ConnectionInput(InheritedConnection connection) {
        this.connection = connection;
    }

    @Override
    public int read() throws IOException {
        connection.check();
        try {
            return StreamBytes.IN.read();
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        connection.check();
        try {
            return connection.bytes().read(buffer, offset, length);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public int available() throws IOException {
        connection.check();
        return StreamBytes.IN.available();
    }

    @Override
    public void close() throws IOException {
        connection.channel().shutdownInput();
    }
}
