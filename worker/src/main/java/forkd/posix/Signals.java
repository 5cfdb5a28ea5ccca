package forkd.posix;

import jnr.posix.util.SunMiscSignal;

/**
 * Handling of signals in this JVM. HotSpot owns the process's signal handlers, so a handler is registered with it and
 * not with sigaction(2): the VM's own handler only notes the signal, and a thread of the VM then runs ours.
 */
public final class Signals {
    private static final long SIG_DFL = 0;
    private static final long SIG_ERR = -1;

    private Signals() {}

    /**
     * Runs the handler, on a thread of its own, whenever the signal comes. The handler enqueues and wakes, and nothing
     * else: a second signal may be handled while it runs.
     *
     * @throws IllegalArgumentException where the VM keeps the signal to itself (SIGSEGV, SIGQUIT without -Xrs, ...)
     */
    public static void handle(Signal signal, Runnable handler) {
        SunMiscSignal.signal(jnr.constants.platform.Signal.valueOf(signal.name()), ignored -> handler.run());
    }

    /**
     * sighandler_t signal(int signum, SIG_DFL); signal(2). Back to the default action of a signal that the VM does not
     * handle: nohup(1) and the like leave some signals ignored, and exec keeps that.
     */
    public static void setDefault(Signal signal) throws ErrnoException {
        if (Native.LIBC.signal(signal.number(), SIG_DFL) == SIG_ERR) {
            throw Native.failed("signal", signal);
        }
    }
}
