package forkd.posix;

import java.io.IOException;

/**
 * A system call that failed: which one, on what, and the errno. The message is the line a user reads, for example
 * {@code bind(127.0.0.1:80) failed: EACCES (Permission denied)}.
 *
 * <p>It is an {@link IOException}, so that code which talks over a descriptor handles it like any other failure of
 * input and output.
 */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final Errno errno;

    /**
     * @param call the C name with what it was called on, as in {@code connect(unix:/run/x.sock)}
     * @param errno what errno(3) held right after the call
     */
    public ErrnoException(String call, Errno errno) {
        super(call + " failed: " + errno + " (" + errno.text() + ")");
        this.call = call;
        this.errno = errno;
    }

    /** The C name of the call and, in parentheses, what it was called on. */
    public String call() {
        return call;
    }

    public Errno errno() {
        return errno;
    }
}
