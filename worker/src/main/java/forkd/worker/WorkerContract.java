package forkd.worker;

/**
 * What a worker process is given: the descriptors and the names of the environment. The launcher sets them, the worker
 * reads them, and both take the names from here. {@code native-notes/worker-contract.md} is this class in prose.
 */
public final class WorkerContract {
    /** The connected socket, for reading and for writing, as inetd gave it. */
    public static final int CONNECTION_IN = 0;

    public static final int CONNECTION_OUT = 1;

    /** The log. */
    public static final int LOG = 2;

    /** The number of the connection since the launcher's start, from 1. */
    public static final String CONNECTION_ID = "FORKD_CONNECTION_ID";

    /** The listener's address as it is printed in the event log. */
    public static final String LISTENER = "FORKD_LISTENER";

    /** {@code TCP}, or {@code IPC} for a Unix socket: UCSPI. */
    public static final String PROTO = "PROTO";

    public static final String TCP_REMOTE_IP = "TCPREMOTEIP";
    public static final String TCP_REMOTE_PORT = "TCPREMOTEPORT";
    public static final String TCP_LOCAL_IP = "TCPLOCALIP";
    public static final String TCP_LOCAL_PORT = "TCPLOCALPORT";

    /** The client's address and port once more, under the names of inetd and CGI. */
    public static final String REMOTE_ADDR = "REMOTE_ADDR";

    public static final String REMOTE_PORT = "REMOTE_PORT";

    /** The name of a worker process in {@code ps -o comm}. */
    public static final String PROCESS_NAME = "forkd: worker";

    private WorkerContract() {}

    /**
     * What ps(1) shows of a worker that runs a handler.
     *
     * @param peer the client's address as it is printed in the event log
     */
    public static String title(long id, String handler, String peer) {
        return PROCESS_NAME + " " + id + " " + handler + " " + peer;
    }
}
