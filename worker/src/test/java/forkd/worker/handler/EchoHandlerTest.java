package forkd.worker.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.worker.ConnectionLostException;
import forkd.worker.FakeConnection;
import java.io.IOException;
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

    @Test
    void sendsBackMoreThanOneBufferOfIt() throws IOException {
        String text = "0123456789".repeat(20_000);
        FakeConnection connection = FakeConnection.sending(text);

        handler.handle(connection);

        assertEquals(text, connection.received());
    }

    @Test
    void aClientThatDoesNotTakeItsEchoIsLost() {
        FakeConnection connection = FakeConnection.leavingAfter(2, "four");

        assertThrows(ConnectionLostException.class, () -> handler.handle(connection));
    }
}
