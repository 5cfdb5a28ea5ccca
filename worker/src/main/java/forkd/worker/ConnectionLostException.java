package forkd.worker;

import java.io.IOException;

/** The client is gone: its side of the connection was reset, or does not read any more. */
public final class ConnectionLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param cause what the failed call said; for handlers that use the channel, whose own exceptions do not tell */
    public ConnectionLostException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
