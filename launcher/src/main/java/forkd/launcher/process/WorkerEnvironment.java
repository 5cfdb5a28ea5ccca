package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.worker.WorkerContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The environment of a worker: a clean one, with what the contract names and a few variables of the launcher's own. */
final class WorkerEnvironment {
    /** Passed on where the launcher has them: where programs are found, and the user's language and time zone. */
    private static final List<String> PASSED = List.of("PATH", "TZ", "LANG", "LC_ALL", "LC_CTYPE");

    private final List<String> common = new ArrayList<>();

    WorkerEnvironment(Map<String, String> own) {
        for (String name : PASSED) {
            String value = own.get(name);
            if (value != null) {
                common.add(name + "=" + value);
            }
        }
    }

    /** What does not depend on the connection. */
    List<String> common() {
        return List.copyOf(common);
    }

    List<String> of(Incoming connection) throws ErrnoException {
        List<String> variables = new ArrayList<>(common);
        add(variables, WorkerContract.CONNECTION_ID, Long.toString(connection.id()));
        add(variables, WorkerContract.LISTENER, connection.listener());
        SocketAddr local = connection.local();
        if (connection.peer() instanceof InetAddr peer && local instanceof InetAddr here) {
            add(variables, WorkerContract.PROTO, "TCP");
            add(variables, WorkerContract.TCP_REMOTE_IP, peer.host());
            add(variables, WorkerContract.TCP_REMOTE_PORT, Integer.toString(peer.port()));
            add(variables, WorkerContract.TCP_LOCAL_IP, here.host());
            add(variables, WorkerContract.TCP_LOCAL_PORT, Integer.toString(here.port()));
            add(variables, WorkerContract.REMOTE_ADDR, peer.host());
            add(variables, WorkerContract.REMOTE_PORT, Integer.toString(peer.port()));
        } else {
            add(variables, WorkerContract.PROTO, "IPC");
        }
        variables.addAll(connection.variables());
        return variables;
    }

    private static void add(List<String> variables, String name, String value) {
        variables.add(name + "=" + value);
    }
}
