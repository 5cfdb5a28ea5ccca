package forkd.launcher.freeze;

import java.io.IOException;

/** There is no stem. The message is one line: which step failed, and why. */
public final class FreezeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What another try would bring. */
    enum Cause {
        /** Perhaps success. */
        PASSING,
        /** The same: this machine or this program cannot. */
        LASTING,
        /** The same, and in every model: the handler cannot be loaded or warmed. */
        HANDLER
    }

    private final Cause reason;

    FreezeException(String message, Cause reason) {
        super(message);
        this.reason = reason;
    }

    boolean isPassing() {
        return reason == Cause.PASSING;
    }

    /** Whether the handler itself is at fault. */
    public boolean isOfHandler() {
        return reason == Cause.HANDLER;
    }
}
