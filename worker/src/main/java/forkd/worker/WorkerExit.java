package forkd.worker;

/** The exit status of a worker that runs a handler. A handler that calls {@link System#exit} sets its own. */
public enum WorkerExit {
    /** The handler returned. */
    HANDLED(0),
    /** An exception left the handler; the log has it. */
    HANDLER_FAILED(1),
    /** The worker was not given what {@link WorkerContract} says, or its handler cannot be loaded. */
    BAD_CONTRACT(2),
    /** The client was gone while the handler still wanted to read or write. */
    CONNECTION_LOST(3),
    /** A system call that the worker itself needs failed. */
    SYSTEM_CALL_FAILED(111);

    private final int code;

    WorkerExit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
