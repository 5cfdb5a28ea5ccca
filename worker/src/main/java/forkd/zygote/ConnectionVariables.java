package forkd.zygote;

import forkd.posix.InetAddr;
import forkd.posix.PeerCredentials;
import forkd.posix.SocketAddr;
import forkd.posix.UnixAddr;
import forkd.worker.WorkerContract;
import java.util.ArrayList;
import java.util.List;

/**
 * The variables that tell a worker of its connection, under the names of {@link WorkerContract}: UCSPI's, for TCP those of
 * inetd and CGI, too, and forkd's own. No value holds a control character, also where a client has chosen it.
 */
public final class ConnectionVariables {
    private static final String UNIX_PREFIX = "unix:";

    private final List<String> variables = new ArrayList<>();

    /**
     * A connection.
     *
     * @param id its number
     * @param listener the listener's name
     */
    public ConnectionVariables(long id, String listener) {
        add(WorkerContract.CONNECTION_ID, Long.toString(id));
        add(WorkerContract.LISTENER, listener);
    }

    /** Both ends. The protocol is that of the client's end. */
    public ConnectionVariables addresses(SocketAddr peer, SocketAddr local) {
        if (peer instanceof InetAddr client) {
            String host = client.host();
            String port = Integer.toString(client.port());
            add(WorkerContract.PROTO, WorkerContract.TCP);
            add(WorkerContract.TCP_REMOTE_IP, host);
            add(WorkerContract.TCP_REMOTE_PORT, port);
            add(WorkerContract.REMOTE_ADDR, host);
            add(WorkerContract.REMOTE_HOST, host);
            add(WorkerContract.REMOTE_PORT, port);
        } else {
            add(WorkerContract.PROTO, WorkerContract.IPC);
            add(WorkerContract.IPC_REMOTE_PATH, path((UnixAddr) peer));
        }
        if (local instanceof InetAddr here) {
            add(WorkerContract.TCP_LOCAL_IP, here.host());
            add(WorkerContract.TCP_LOCAL_PORT, Integer.toString(here.port()));
        } else {
            add(WorkerContract.IPC_LOCAL_PATH, path((UnixAddr) local));
        }
        return this;
    }

    /** Who is at the other end of a Unix socket. */
    public ConnectionVariables credentials(PeerCredentials peer) {
        add(WorkerContract.IPC_REMOTE_EUID, Long.toString(peer.uid()));
        add(WorkerContract.IPC_REMOTE_EGID, Long.toString(peer.gid()));
        return this;
    }

    /** How many connections of the same source live, with this one. */
    public ConnectionVariables count(SocketAddr peer, int ofSource) {
        add(
                peer instanceof InetAddr ? WorkerContract.TCP_CONN_NUM : WorkerContract.IPC_CONN_NUM,
                Integer.toString(ofSource));
        return this;
    }

    /** {@code NAME=value}, in the order of the calls. */
    public List<String> list() {
        return variables;
    }

    /** Empty for a socket without a name; control characters are escaped, as in the log. */
    private static String path(UnixAddr address) {
        String printed = address.toString();
        return printed.startsWith(UNIX_PREFIX) ? printed.substring(UNIX_PREFIX.length()) : "";
    }

    private void add(String name, String value) {
        variables.add(name + "=" + value);
    }
}
