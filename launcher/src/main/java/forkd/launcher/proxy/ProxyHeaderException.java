package forkd.launcher.proxy;

/** What came is no PROXY header that may be believed. The message is for the log, one line, without the sender's bytes as text. */
public final class ProxyHeaderException extends Exception {
    private static final long serialVersionUID = 1;

    ProxyHeaderException(String message) {
        super(message);
    }
}
