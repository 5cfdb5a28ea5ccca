package forkd.worker.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.worker.FakeConnection;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines are those that RFC 864 prints as its example. */
class ChargenHandlerTest {
    private static final int LINE_BYTES = 74;
    private static final int LINES_OF_A_TURN = 95;

    @Test
    void theFirstLinesAreThoseOfRfc864() throws IOException {
        assertEquals(
                List.of(
                        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg",
                        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh",
                        "\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghi"),
                lines(3));
    }

    @Test
    void afterTheLastPrintableCharacterComesTheFirst() throws IOException {
        String line = lines(25).get(24);

        assertEquals("89:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~ ", line);
    }

    @Test
    void aTurnStartsAgainWithItsFirstLine() throws IOException {
        List<String> lines = lines(LINES_OF_A_TURN + 1);

        assertEquals(lines.get(0), lines.get(LINES_OF_A_TURN));
    }

    @Test
    void everyLineHas72CharactersAndEndsWithCrLf() throws IOException {
        String received = receive(LINE_BYTES * 200);

        assertEquals(200, received.split("[ -~]{72}\r\n", -1).length - 1);
    }

    @Test
    void aClientThatGoesIsTheOrdinaryEnd() throws IOException {
        assertEquals(1000, receive(1000).length());
    }

    private static List<String> lines(int count) throws IOException {
        return List.of(receive(LINE_BYTES * count).split("\r\n"));
    }

    /** What a client gets that leaves after so many bytes. */
    private static String receive(int bytes) throws IOException {
        FakeConnection connection = FakeConnection.leavingAfter(bytes, "");
        new ChargenHandler().handle(connection);
        return connection.received();
    }
}
