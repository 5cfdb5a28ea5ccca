package forkd.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** read(2) on descriptor 0. */
final class ConnectionInput extends InputStream {
    private final InheritedConnection connection;
    private final FileInputStream in = new FileInputStream(FileDescriptor.in);

    ConnectionInput(InheritedConnection connection) {
        this.connection = connection;
    }

    @Override
    public int read() throws IOException {
        connection.check();
        try {
            return in.read();
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        connection.check();
        try {
            return in.read(buffer, offset, length);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public int available() throws IOException {
        connection.check();
        return in.available();
    }

    @Override
    public void close() throws IOException {
        connection.channel().shutdownInput();
    }
}
