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

    /** The listener's name as it is printed in the event log. */
    public static final String LISTENER = "FORKD_LISTENER";

    /** Variable: the name of the service, where the launcher has several. */
    public static final String SERVICE = "FORKD_SERVICE";

    /** {@code TCP}, or {@code IPC} for a Unix socket: UCSPI. */
    public static final String PROTO = "PROTO";

    public static final String TCP = "TCP";
    public static final String IPC = "IPC";

    public static final String TCP_REMOTE_IP = "TCPREMOTEIP";
    public static final String TCP_REMOTE_PORT = "TCPREMOTEPORT";
    public static final String TCP_LOCAL_IP = "TCPLOCALIP";
    public static final String TCP_LOCAL_PORT = "TCPLOCALPORT";

    /** How many connections of the client's source live, with this one; where they are counted. */
    public static final String TCP_CONN_NUM = "TCPCONNNUM";

    /** The client's address and port once more, under the names of inetd and CGI. Nobody asks the DNS for a host name. */
    public static final String REMOTE_ADDR = "REMOTE_ADDR";

    public static final String REMOTE_HOST = "REMOTE_HOST";
    public static final String REMOTE_PORT = "REMOTE_PORT";

    /** The user and the group of the process that connected to a Unix socket: UCSPI. */
    public static final String IPC_REMOTE_EUID = "IPCREMOTEEUID";

    public static final String IPC_REMOTE_EGID = "IPCREMOTEEGID";

    /** The name that the client has bound, empty for none, and the one that it connected to. */
    public static final String IPC_REMOTE_PATH = "IPCREMOTEPATH";

    public static final String IPC_LOCAL_PATH = "IPCLOCALPATH";
    public static final String IPC_CONN_NUM = "IPCCONNNUM";

    /** With {@code --descriptor listen} the connection is descriptor 3: sd_listen_fds(3). */
    public static final int FIRST_LISTEN_FD = 3;

    public static final String LISTEN_FDS = "LISTEN_FDS";
    public static final String LISTEN_PID = "LISTEN_PID";
    public static final String LISTEN_FDNAMES = "LISTEN_FDNAMES";

    /** The name of a connected descriptor: {@code sd_listen_fds_with_names}. */
    public static final String CONNECTION_NAME = "connection";

    /** The name of a worker process in {@code ps -o comm}. */
    public static final String PROCESS_NAME = "forkd: worker";

    /** The system property of a JVM that has to hide from other processes of its user. */
    public static final String HIDDEN = "forkd.hidden";

    /** The system property of a zygote with the limit of its workers' processor time: seconds, a colon, seconds. */
    public static final String CPU_LIMIT = "forkd.cpu.limit";

    /** The system property of a zygote whose workers must not send signals to each other. */
    public static final String OWN_DOMAIN = "forkd.own.domain";

    /** The system property of a JVM that loads a handler: a file with names of classes to load as well. */
    public static final String CLASSES = "forkd.classes";

    /** The system property of a worker of the pool: how many connections it serves at the most. */
    public static final String CONNECTIONS = "forkd.connections";

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
