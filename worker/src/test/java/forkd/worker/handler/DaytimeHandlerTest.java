package forkd.worker.handler;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.FakeConnection;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class DaytimeHandlerTest {
    private final FakeConnection connection = FakeConnection.sending("");

    @Test
    void sendsOneLineWithDateTimeAndOffset() throws IOException {
        new DaytimeHandler().handle(connection);

        String line = connection.received();
        assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)\r\n"), line);
    }

    @Test
    void sendsTheTimeThatItIs() throws IOException {
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        new DaytimeHandler().handle(connection);

        Instant sent = OffsetDateTime.parse(connection.received().strip()).toInstant();
        assertFalse(sent.isBefore(before), "sent is " + sent);
        assertFalse(sent.isAfter(Instant.now()), "sent is " + sent);
    }
}
