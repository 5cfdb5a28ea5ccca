package forkd.launcher.server;

import java.util.concurrent.atomic.AtomicBoolean;

/** That the configuration is to be read again. A signal sets it and wakes the accept loop, which takes it. */
final class ReloadRequest {
    private final AtomicBoolean requested = new AtomicBoolean();
    private final Runnable wake;

    /** @param wake makes the loop look here */
    ReloadRequest(Runnable wake) {
        this.wake = wake;
    }

    /** A signal has come. Any thread. */
    void signal() {
        requested.set(true);
        wake.run();
    }

    /** Whether there is a request; it is done with then. */
    boolean take() {
        return requested.compareAndSet(true, false);
    }
}
