package forkd.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A connection whose client has sent all that it will send, and takes so many bytes before it goes. */
public final class FakeConnection implements Connection {
    private final InputStream input;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final OutputStream output;

    private SocketChannel channel;

    private FakeConnection(String sent, int takes) {
        input = new ByteArrayInputStream(sent.getBytes(StandardCharsets.UTF_8));
        output = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (taken.size() >= takes) {
                    throw new ConnectionLostException(new IOException("Broken pipe"));
                }
                taken.write(b);
            }
        };
    }

    /** A client that sends this and reads whatever comes. */
    public static FakeConnection sending(String text) {
        return new FakeConnection(text, Integer.MAX_VALUE);
    }

    /** A client that sends this and goes when it has read so many bytes. */
    public static FakeConnection leavingAfter(int bytes, String text) {
        return new FakeConnection(text, bytes);
    }

    /** Gives the connection a channel, which is another one than its streams. */
    public FakeConnection with(SocketChannel socket) {
        channel = socket;
        return this;
    }

    /** What the handler has written, and the client has taken. */
    public String received() {
        return taken.toString(StandardCharsets.UTF_8);
    }

    /** Whether the handler has read all that was sent. */
    public boolean isReadToTheEnd() throws IOException {
        return input.available() == 0;
    }

    @Override
    public long id() {
        return 7;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public SocketChannel channel() {
        if (channel == null) {
            throw new UnsupportedOperationException("the handler uses streams");
        }
        return channel;
    }

    @Override
    public SocketAddress remote() {
        throw new UnsupportedOperationException("the handler asks for no address");
    }

    @Override
    public SocketAddress local() {
        throw new UnsupportedOperationException("the handler asks for no address");
    }

    @Override
    public String listener() {
        return "fake";
    }

    @Override
    public Map<String, String> variables() {
        return Map.of();
    }
}
