package forkd.launcher.server;

/**
 * The start of the server, which may take long: handlers are loaded and warmed. A stop signal meanwhile ends the process there and
 * then, and nothing that outlives it is left: neither the file of a Unix socket nor a JVM that warms a handler. Afterwards signals are the {@link StopRequest}'s.
 */
final class Start {
    private final StopRequest stop;
    private final Runnable end;
    private boolean over;

    /** @param end of the process; called on a signal's thread, once, and does not return */
    Start(StopRequest stop, Runnable end) {
        this.stop = stop;
        this.end = end;
    }

    /** What may throw where it is called. */
    interface Step<E extends Exception> {
        void run() throws E;
    }

    /** Does what a signal must not see half done. */
    synchronized <E extends Exception> void whole(Step<E> step) throws E {
        step.run();
    }

    /** The server is about to accept. */
    synchronized void over() {
        over = true;
    }

    /**
     * A thread that all services need has failed. Afterwards it is for {@link ServiceThreads} to end the server. Any thread.
     *
     * @param endNow of the process; called where nothing serves yet, and does not return
     */
    void failed(Runnable endNow) {
        synchronized (this) {
            if (!over) {
                endNow.run();
            }
        }
    }

    /** A stop signal has come. Any thread. */
    void signal() {
        synchronized (this) {
            if (!over) {
                end.run();
            }
        }
        stop.signal();
    }
}
