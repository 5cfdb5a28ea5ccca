package forkd.launcher.server;

import java.io.IOException;

/** A listener that cannot be had because of what the user asked for. The message is one line for the user. */
public final class ListenException extends IOException {
    ListenException(String message) {
        super(message);
    }

    ListenException(ListenSource source, String why) {
        super("--listen " + source + ": " + why);
    }
}
