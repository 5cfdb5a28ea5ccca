package forkd.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** read(2) on descriptor 0. */
final class ConnectionInput extends InputStream {
    /** One for the process: the descriptor's object keeps every stream that was ever made of it. */
    private static final FileInputStream IN = new FileInputStream(FileDescriptor.in);

    private final InheritedConnection connection;

    ConnectionInput(InheritedConnection connection) {
        this.connection = connection;
    }

    @Override
    public int read() throws IOException {
        connection.check();
        try {
            return IN.read();
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        connection.check();
        try {
            return IN.read(buffer, offset, length);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public int available() throws IOException {
        connection.check();
        return IN.available();
    }

    @Override
    public void close() throws IOException {
        connection.channel().shutdownInput();
    }
}
