package forkd.posix;

/**
 * What waitid(2) tells of a traced thread: it has stopped, or it has ended.
 *
 * @param code CLD_TRAPPED, CLD_EXITED and so on
 * @param status of a stop: the signal, and above it the event; of an end: the exit status or the signal
 */
record TraceStop(int code, int status) {
    private static final int CLD_TRAPPED = 4;
    private static final int CLD_STOPPED = 5;
    private static final int SIGNAL_MASK = 0x7f;
    private static final int EVENT_SHIFT = 8;
    private static final int PTRACE_EVENT_STOP = 128;

    /** Whether it has ended: nothing can be done with it any more. */
    boolean isEnd() {
        return code != CLD_TRAPPED && code != CLD_STOPPED;
    }

    /** Whether the whole process has been stopped by a signal, as by {@code kill -STOP}, and the thread with it. */
    boolean isGroupStop() {
        return event() == PTRACE_EVENT_STOP && signal() != Signal.SIGTRAP.number();
    }

    /** Whether a single step is done. */
    boolean isStep() {
        return event() == 0 && signal() == Signal.SIGTRAP.number();
    }

    /** The signal that the thread is about to get, 0 for none: it gets it only if it is let go with it. */
    int undelivered() {
        return event() == 0 && !isStep() ? signal() : 0;
    }

    private int signal() {
        return status & SIGNAL_MASK;
    }

    private int event() {
        return status >> EVENT_SHIFT;
    }
}
