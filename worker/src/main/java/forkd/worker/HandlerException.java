package forkd.worker;

/** A handler that cannot be used. The message is one line for the user: the name, what is wrong, what to do. */
public final class HandlerException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a message that says it all. */
    public HandlerException(String message) {
        super(message);
    }

    /** With the cause, for the log. */
    public HandlerException(String message, Throwable cause) {
        super(message, cause);
    }
}
