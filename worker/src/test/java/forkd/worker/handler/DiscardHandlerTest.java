package forkd.worker.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.FakeConnection;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DiscardHandlerTest {
    private final FakeConnection connection = FakeConnection.sending("x".repeat(200_000));

    @Test
    void readsToTheEnd() throws IOException {
        new DiscardHandler().handle(connection);

        assertTrue(connection.isReadToTheEnd());
    }

    @Test
    void answersNothing() throws IOException {
        new DiscardHandler().handle(connection);

        assertEquals("", connection.received());
    }
}
