package forkd.posix;

/**
 * How a process changed its state, as waitpid(2) encodes it.
 *
 * @param raw the status word
 */
public record WaitStatus(int raw) {

    private static final int CORE_FLAG = 0x80;
    private static final int STOPPED = 0x7f;

    /** WIFEXITED: ended by exit(3) or _exit(2). */
    public boolean exited() {
        return termSignal() == 0;
    }

    /** WEXITSTATUS, 0 to 255. */
    public int exitCode() {
        if (!exited()) {
            throw new IllegalStateException("not an exit: " + this);
        }
        return raw >> 8 & 0xff;
    }

    /** WIFSIGNALED: ended by a signal. */
    public boolean signaled() {
        return termSignal() != 0 && termSignal() != STOPPED;
    }

    /** WIFSTOPPED: stopped, not ended. */
    public boolean stopped() {
        return (raw & 0xff) == STOPPED;
    }

    /** WTERMSIG, or WSTOPSIG of a stopped process. */
    public Signal signal() {
        if (stopped()) {
            return Signal.of(raw >> 8 & 0xff);
        }
        if (!signaled()) {
            throw new IllegalStateException("not a signal: " + this);
        }
        return Signal.of(termSignal());
    }

    /** WCOREDUMP. */
    public boolean coreDumped() {
        return signaled() && (raw & CORE_FLAG) != 0;
    }

    private int termSignal() {
        return raw & 0x7f;
    }
}
