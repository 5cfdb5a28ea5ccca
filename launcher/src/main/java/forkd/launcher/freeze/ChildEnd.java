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

    /** Blocks until it comes, ten seconds at most; else as {@link #await(String, Duration)}. */
    WaitStatus await(String step) throws FreezeException, InterruptedException {
        return await(step, PATIENCE);
    }

    /**
     * Blocks until it comes.
     *
     * @param step what is waited for, for the message
     * @param most how long
     * @throws FreezeException where it does not come
     */
    WaitStatus await(String step, Duration most) throws FreezeException, InterruptedException {
        try {
            return status.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new FreezeException(step + ": not within " + most.toSeconds() + " s", FreezeException.Cause.PASSING);
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
