package forkd.worker.handler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.worker.ConnectionLostException;
import forkd.worker.FakeConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoHandlerTest {
    private final EchoHandler handler = new EchoHandler();

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "two\nlines\n", "日本"})
    void sendsBackWhatComes(String text) throws IOException {
        FakeConnection connection = FakeConnection.sending(text);

        handler.handle(connection);

        assertEquals(text, connection.received());
    }

    /** The first buffer comes by the stream, the rest by the channel of the same socket. */
    @Test
    void sendsBackAllOfALotAndEndsWithItsClient() throws Exception {
        String first = "0123456789abcdef".repeat(512);
        byte[] rest = "0123456789".repeat(40_000).getBytes(StandardCharsets.US_ASCII);
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                SocketChannel accepted = listener.accept()) {
            FakeConnection connection = FakeConnection.sending(first).with(accepted);
            CompletableFuture<Void> echo =
                    CompletableFuture.runAsync(() -> handle(connection), EchoHandlerTest::thread);
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> send(client, rest), EchoHandlerTest::thread);

            byte[] back = client.getInputStream().readNBytes(rest.length);

            sent.get(10, TimeUnit.SECONDS);
            echo.get(10, TimeUnit.SECONDS);
            assertEquals(first, connection.received());
            assertArrayEquals(rest, back);
        }
    }

    /** One each: the common pool may have a single thread, and both wait for each other. */
    private static void thread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    }

    private void handle(FakeConnection connection) {
        try {
            handler.handle(connection);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
            client.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aClientThatDoesNotTakeItsEchoIsLost() {
        FakeConnection connection = FakeConnection.leavingAfter(2, "four");

        assertThrows(ConnectionLostException.class, () -> handler.handle(connection));
    }
}
