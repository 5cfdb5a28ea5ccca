package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** There is no stem. The message is one line: which step failed, and why. */
public final class FreezeException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * What need not be so at the next try: a process has ended that need not have (kill -9), a signal came in between, or the
     * system was out of something for the moment.
     */
    private static final Set<Errno> PASSING = EnumSet.of(
            Errno.ESRCH,
            Errno.EPIPE,
            Errno.ECONNRESET,
            Errno.EINTR,
            Errno.ETIMEDOUT,
            Errno.EAGAIN,
            Errno.ENOMEM,
            Errno.ENOBUFS,
            Errno.EMFILE,
            Errno.ENFILE);

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

    private FreezeException(IOException why, Cause reason) {
        super(why.getMessage(), why);
        this.reason = reason;
    }

    /** A step between the zygote's start and the stem's proof that failed, whatever failed in it. */
    static FreezeException of(IOException why) {
        if (why instanceof FreezeException already) {
            return already;
        }
        return new FreezeException(why, isPassing(why) ? Cause.PASSING : Cause.LASTING);
    }

    /** Whether it need not be so at the next try. What is no system call's failure is not known well enough to tell. */
    static boolean isPassing(IOException why) {
        if (why instanceof FreezeException known) {
            return known.reason == Cause.PASSING;
        }
        return !(why instanceof ErrnoException call) || PASSING.contains(call.errno());
    }

    /** Whether the handler itself is at fault. */
    public boolean isOfHandler() {
        return reason == Cause.HANDLER;
    }
}
