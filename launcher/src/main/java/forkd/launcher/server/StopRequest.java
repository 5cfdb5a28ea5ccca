package forkd.launcher.server;

/**
 * That the server is to stop, and how. Signals set it and wake the sleeping thread, and nothing else; the first request is
 * {@link ShutdownMode#SMART}, every further one {@link ShutdownMode#IMMEDIATE}.
 */
final class StopRequest {
    private final Runnable wake;
    private volatile ShutdownMode mode;

    /** @param wake makes the server's thread look here, wherever it sleeps */
    StopRequest(Runnable wake) {
        this.wake = wake;
    }

    /** A signal has come. Any thread. */
    synchronized void signal() {
        mode = mode == null ? ShutdownMode.SMART : ShutdownMode.IMMEDIATE;
        wake.run();
    }

    boolean isRequested() {
        return mode != null;
    }

    boolean isImmediate() {
        return mode == ShutdownMode.IMMEDIATE;
    }
}
