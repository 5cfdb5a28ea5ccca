package forkd.launcher.server;

/** How a server stops; the names are PostgreSQL's. */
public enum ShutdownMode {
    /** Accept nothing more and let the workers finish, as long as the drain time lasts. */
    SMART,
    /** Ask the workers to end (SIGTERM), and after a while make them. */
    FAST,
    /** Kill the workers. */
    IMMEDIATE
}
