package forkd.launcher.freeze;

import forkd.posix.WaitStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The end of one child: told on the thread of whoever reaps, awaited on another. */
final class ChildEnd {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CompletableFuture<WaitStatus> status = new CompletableFuture<>();

    /** To be given to {@link ChildWatch#adopt}. */
    void tell(WaitStatus ended) {
        status.complete(ended);
    }

    /**
     * Blocks until it comes.
     *
     * @param step what is waited for, for the message
     * @throws FreezeException where it does not come
     */
    WaitStatus await(String step) throws FreezeException, InterruptedException {
        try {
            return status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new FreezeException(
                    step + ": not within " + PATIENCE.toSeconds() + " s", FreezeException.Cause.PASSING);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static String describe(WaitStatus status) {
        return status.exited()
                ? "exit status " + status.exitCode()
                : status.signal().name();
    }
}
