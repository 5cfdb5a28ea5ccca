package forkd.launcher.process;

/** What becomes of the processes that a worker leaves behind in its process group. */
public enum Leftovers {
    /** They live on, as under inetd and tcpserver. */
    KEEP,
    /** They get SIGKILL when the worker has ended, before its pid is free. */
    KILL
}
