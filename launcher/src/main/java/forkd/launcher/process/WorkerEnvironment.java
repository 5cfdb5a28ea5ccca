package forkd.launcher.process;

import forkd.posix.EnvironmentBlock;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.SocketAddr;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import forkd.zygote.ConnectionVariables;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The environment of workers, the same in all models: a clean one, with what the operator asks for and what the contract
 * names. Of two variables with one name the later one of this list counts:
 *
 * <ol>
 *   <li>a few of the launcher's own: where programs are found, language and time zone, and those that are to be passed;
 *   <li>those that the operator sets for all workers;
 *   <li>those of the connection that rules or a proxy have added;
 *   <li>those of the contract, which nobody can forge.
 * </ol>
 */
public final class WorkerEnvironment {
    /** Passed on where the launcher has them. */
    private static final List<String> PASSED = List.of("PATH", "TZ", "LANG", "LC_ALL", "LC_CTYPE");

    /** The bytes that all variables together may take; {@link #COMMON_BYTES} of them those that all workers get. */
    static final int MAX_BYTES = 28 * 1024;

    /** See {@link #MAX_BYTES}. */
    public static final int COMMON_BYTES = 20 * 1024;

    private static final Pattern RESERVED =
            Pattern.compile("FORKD_.*|PROTO|(TCP|IPC)(LOCAL|REMOTE)(IP|PORT|PATH|EUID|EGID)|(TCP|IPC)CONNNUM"
                    + "|REMOTE_(ADDR|HOST|PORT)|LISTEN_(FDS|PID|FDNAMES)"
                    + "|SOCAT_(PEER|SOCK)(ADDR|PORT)|NCAT_((REMOTE|LOCAL)_(ADDR|PORT)|PROTO)");

    private final Map<String, String> common = new LinkedHashMap<>();
    private final List<String> commonList;
    private final Set<Imitation> imitated;

    /**
     * An environment.
     *
     * @param own the launcher's
     * @param pass the names of those variables of the launcher's that workers get, where it has them
     * @param set what all workers get, by name; like the names to pass, none that is reserved
     * @param imitated whose names workers find, too
     */
    public WorkerEnvironment(
            Map<String, String> own, Collection<String> pass, Map<String, String> set, Set<Imitation> imitated) {
        List<String> names = new ArrayList<>(PASSED);
        names.addAll(pass);
        for (String name : names) {
            if (own.get(name) != null) {
                common.put(name, own.get(name));
            }
        }
        common.putAll(set);
        commonList = list(common);
        this.imitated = Set.copyOf(imitated);
    }

    /** The environment where the operator asks for nothing. */
    public static WorkerEnvironment plain(Map<String, String> own) {
        return new WorkerEnvironment(own, List.of(), Map.of(), Set.of());
    }

    /** Whether the contract gives the variable its value, so that nobody else can. */
    public static boolean isReserved(String name) {
        return RESERVED.matcher(name).matches();
    }

    /** What does not depend on the connection. */
    public List<String> common() {
        return commonList;
    }

    /** The bytes of what does not depend on the connection. */
    public int commonBytes() {
        return bytes(commonList);
    }

    /**
     * Everything for one connection.
     *
     * @throws ErrnoException EINVAL for what is no variable, E2BIG for too much
     */
    List<String> of(Incoming connection) throws ErrnoException {
        List<String> list;
        if (connection.variables().isEmpty()) {
            list = new ArrayList<>(commonList);
            addContract(list, connection); // no name of it stands in the list
        } else {
            list = merged(connection);
        }
        if (list.size() > EnvironmentBlock.MAX_VARIABLES) {
            throw new ErrnoException("environment(" + list.size() + " variables)", Errno.E2BIG);
        }
        if (mayBeLong(list) && bytes(list) > MAX_BYTES) {
            throw new ErrnoException("environment(" + bytes(list) + " bytes)", Errno.E2BIG);
        }
        return list;
    }

    private List<String> merged(Incoming connection) throws ErrnoException {
        Map<String, String> all = new LinkedHashMap<>(common);
        for (String variable : connection.variables()) {
            put(all, variable);
        }
        List<String> contract = new ArrayList<>();
        addContract(contract, connection);
        for (String variable : contract) {
            put(all, variable);
        }
        return list(all);
    }

    /** Without looking at the characters, of which none takes more than three bytes. */
    private static boolean mayBeLong(List<String> variables) {
        int length = 0;
        for (String variable : variables) {
            length += variable.length() * 3 + 1 + Long.BYTES;
        }
        return length > MAX_BYTES / 2;
    }

    private static int bytes(List<String> variables) {
        return EnvironmentBlock.size(variables.stream()
                .map(variable -> variable.getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    private void addContract(List<String> list, Incoming connection) throws ErrnoException {
        SocketAddr peer = connection.peer();
        SocketAddr local = connection.local();
        ConnectionVariables variables =
                new ConnectionVariables(connection.id(), connection.listener()).addresses(peer, local);
        if (peer instanceof UnixAddr && connection.via().isEmpty()) { // else the kernel would tell who the proxy is
            variables.credentials(Sockets.peerCredentials(connection.socket()));
        }
        if (connection.ofSource() > 0) {
            variables.count(peer, connection.ofSource());
        }
        list.addAll(variables.list());
        for (Imitation one : imitated) {
            list.addAll(one.variables(peer, local));
        }
    }

    private static void put(Map<String, String> all, String variable) throws ErrnoException {
        int at = variable.indexOf('=');
        if (at < 1 || variable.indexOf('\0') >= 0) {
            throw new ErrnoException("environment(" + variable.replace('\0', '?') + ")", Errno.EINVAL);
        }
        all.put(variable.substring(0, at), variable.substring(at + 1));
    }

    private static List<String> list(Map<String, String> variables) {
        List<String> list = new ArrayList<>(variables.size());
        variables.forEach((name, value) -> list.add(name + "=" + value));
        return list;
    }
}
