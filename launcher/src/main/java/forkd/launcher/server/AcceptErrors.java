package forkd.launcher.server;

import forkd.posix.ErrnoException;
import java.time.Duration;

/**
 * What becomes of the errors of accept(2); the table stands in {@code native-notes/errno.md}. Where the system is out of
 * something the loop pauses: an immediate second try would fail the same way and only burn the processor.
 */
final class AcceptErrors {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(5);

    private final EventLog log;
    private boolean pausing;
    private long pauseEnd;
    private boolean warned;
    private long lastWarning;

    AcceptErrors(EventLog log) {
        this.log = log;
    }

    /** @throws ErrnoException the error itself, where it is a bug of ours */
    void handle(ErrnoException e) throws ErrnoException {
        switch (e.errno()) {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM, ENOSR -> pauseAfter(e);
            // An error of the network that was pending on the new connection: accept(2) says to treat it like EAGAIN.
            case ENETDOWN,
                    EPROTO,
                    ENOPROTOOPT,
                    EHOSTDOWN,
                    ENONET,
                    EHOSTUNREACH,
                    EOPNOTSUPP,
                    ENETUNREACH,
                    EPERM,
                    ETIMEDOUT,
                    ESOCKTNOSUPPORT,
                    EPROTONOSUPPORT -> warn(e);
            default -> throw e;
        }
    }

    boolean isPausing() {
        if (pausing && System.nanoTime() - pauseEnd >= 0) {
            pausing = false;
        }
        return pausing;
    }

    /** How long poll may sleep: null without a pause. */
    Duration pause() {
        return pausing ? PAUSE : null;
    }

    private void pauseAfter(ErrnoException e) {
        pausing = true;
        pauseEnd = System.nanoTime() + PAUSE.toNanos();
        warn(e);
    }

    private void warn(ErrnoException e) {
        long now = System.nanoTime();
        if (!warned || now - lastWarning >= BETWEEN_WARNINGS.toNanos()) {
            warned = true;
            lastWarning = now;
            log.warn(e.getMessage());
        }
    }
}
