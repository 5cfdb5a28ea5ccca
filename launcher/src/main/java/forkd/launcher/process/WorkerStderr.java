package forkd.launcher.process;

/** Where what workers write to descriptor 2 goes. */
public enum WorkerStderr {
    /** Into the event log, line by line, with the connection's id. */
    LOG,
    /** Wherever the launcher's own goes. */
    INHERIT
}
