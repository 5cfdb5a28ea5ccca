package forkd.launcher.freeze;

import java.io.IOException;

/** There is no stem. The message is one line: which step failed, and why. */
public final class FreezeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean hopeless;

    FreezeException(String message, boolean isHopeless) {
        super(message);
        this.hopeless = isHopeless;
    }

    /** Whether another try would end the same way: the handler itself failed. */
    public boolean isHopeless() {
        return hopeless;
    }
}
