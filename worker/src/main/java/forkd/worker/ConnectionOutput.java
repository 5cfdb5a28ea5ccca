package forkd.worker;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** write(2) on descriptor 1, which is the same socket as 0. */
final class ConnectionOutput extends OutputStream {
    /** One for the process: the descriptor's object keeps every stream that was ever made of it. */
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private final InheritedConnection connection;

    ConnectionOutput(InheritedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void write(int b) throws IOException {
        connection.check();
        try {
            OUT.write(b);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        connection.check();
        try {
            OUT.write(buffer, offset, length);
        } catch (IOException e) {
            throw new ConnectionLostException(e);
        }
    }

    @Override
    public void close() throws IOException {
        connection.channel().shutdownOutput();
    }
}
