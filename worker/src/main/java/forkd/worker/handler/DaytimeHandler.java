package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** The daytime service, RFC 867: sends the date and time as one line and closes. */
public final class DaytimeHandler implements ConnectionHandler {
    @Override
    public void handle(Connection connection) throws IOException {
        String now = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                OffsetDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS));
        connection.output().write((now + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
