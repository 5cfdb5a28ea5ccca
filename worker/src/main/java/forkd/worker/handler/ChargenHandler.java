package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ConnectionLostException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The character generator, RFC 864: lines of 72 printable characters, each shifted by one, until the client goes. That is
 * how the service ends, so a client that has gone is no error.
 */
public final class ChargenHandler implements ConnectionHandler {
    private static final char FIRST = ' ';
    private static final int PRINTABLE = '~' - FIRST + 1;
    private static final int LINE_CHARS = 72;
    private static final int LINE_BYTES = LINE_CHARS + 2;

    @Override
    public void handle(Connection connection) throws IOException {
        byte[] round = round();
        OutputStream out = connection.output();
        try {
            while (true) {
                out.write(round);
            }
        } catch (ConnectionLostException e) {
            return;
        }
    }

    /** The lines of one full turn: as many as there are printable characters. */
    private static byte[] round() {
        byte[] round = new byte[PRINTABLE * LINE_BYTES];
        for (int line = 0; line < PRINTABLE; line++) {
            int at = line * LINE_BYTES;
            for (int i = 0; i < LINE_CHARS; i++) {
                round[at + i] = (byte) (FIRST + (line + i) % PRINTABLE);
            }
            round[at + LINE_CHARS] = '\r';
            round[at + LINE_CHARS + 1] = '\n';
        }
        return round;
    }
}
