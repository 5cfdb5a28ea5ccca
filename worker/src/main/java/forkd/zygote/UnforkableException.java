package forkd.zygote;

/** This process must not be forked, though its handler may well be served in another way. The message is one line for the user. */
final class UnforkableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnforkableException(String message) {
        super(message);
    }
}
