package forkd.worker.handler;

/** What is to be checked does not exist in this JDK. */
final class NotHereException extends Exception {
    private static final long serialVersionUID = 1L;

    NotHereException(String why) {
        super(why);
    }
}
