package forkd.launcher.server;

/**
 * Wakes the accept loop when a worker has ended, where the loop waits for that. While nothing waits for a slot the end of a
 * worker costs no system call.
 */
final class EndWake {
    private final WakePipe wake;
    private volatile boolean wanted;

    EndWake(WakePipe wake) {
        this.wake = wake;
    }

    /** The loop, before it looks whether there is room: an end that comes after the look wakes it. */
    void want(boolean wants) {
        wanted = wants;
    }

    /** A slot is free. Any thread. */
    void ended() {
        if (wanted) {
            wake.wake();
        }
    }
}
