package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.SocketAddr;
import forkd.posix.Sockets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An accepted connection on its way to a worker.
 *
 * @param id its number since the start, from 1
 * @param socket the launcher's copy of the connected descriptor; whoever holds the connection owns and closes it
 * @param peer the client's address; behind a proxy the one that the proxy tells
 * @param knownLocal the address that the client connected to, where it is known without asking the kernel: the listener's
 *     own, if it is no wildcard, or what a proxy tells
 * @param via the proxy that tells the addresses; empty where they are the connection's own
 * @param listener the listener's name, as the event log prints it
 * @param variables more variables for the worker, {@code NAME=value}; of two with one name the later one counts, and none is
 *     {@link WorkerEnvironment#isReserved reserved}
 * @param log what becomes the worker's descriptor 2, owned by whoever has set it; null where the launcher's own does
 * @param cgroup what the worker joins its cgroup with, owned by whoever has set it; null where it does not do so itself
 * @param ofSource how many connections of the same source live, with this one; 0 where nobody counts them
 * @param acceptNanos {@link System#nanoTime} at the accept
 */
public record Incoming(
        long id,
        Fd socket,
        SocketAddr peer,
        Optional<SocketAddr> knownLocal,
        Optional<SocketAddr> via,
        String listener,
        List<String> variables,
        Fd log,
        Fd cgroup,
        int ofSource,
        long acceptNanos) {

    /** A connection of which no more is known than accept(2) tells. */
    public Incoming(long id, Fd socket, SocketAddr peer, String listener, long acceptNanos) {
        this(id, socket, peer, Optional.empty(), listener, acceptNanos);
    }

    /** The same, where the address that the client connected to may be known as well. */
    public Incoming(
            long id, Fd socket, SocketAddr peer, Optional<SocketAddr> knownLocal, String listener, long acceptNanos) {
        this(id, socket, peer, knownLocal, Optional.empty(), listener, List.of(), null, null, 0, acceptNanos);
    }

    /** The same connection, with the addresses that a proxy has told. */
    public Incoming behindProxy(SocketAddr client, SocketAddr local) {
        return new Incoming(
                id,
                socket,
                client,
                Optional.of(local),
                Optional.of(peer),
                listener,
                variables,
                log,
                cgroup,
                ofSource,
                acceptNanos);
    }

    /** The same connection, with the address that the client connected to. */
    public Incoming withLocal(SocketAddr local) {
        return new Incoming(
                id, socket, peer, Optional.of(local), via, listener, variables, log, cgroup, ofSource, acceptNanos);
    }

    /** The same connection with more variables, each {@code NAME=value}. */
    public Incoming withVariables(List<String> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<String> all = new ArrayList<>(variables);
        all.addAll(more);
        return new Incoming(
                id, socket, peer, knownLocal, via, listener, List.copyOf(all), log, cgroup, ofSource, acceptNanos);
    }

    /** The same connection, whose worker writes its messages there. */
    public Incoming withLog(Fd descriptor) {
        return new Incoming(
                id, socket, peer, knownLocal, via, listener, variables, descriptor, cgroup, ofSource, acceptNanos);
    }

    /** The same connection, whose worker joins its cgroup with this. */
    Incoming withCgroup(Fd processes) {
        return processes == null
                ? this
                : new Incoming(
                        id, socket, peer, knownLocal, via, listener, variables, log, processes, ofSource, acceptNanos);
    }

    /**
     * What a worker is sent: the socket, its descriptor 2 where that is not the launcher's, and what it joins its cgroup with
     * where it has to.
     */
    List<Fd> descriptors() {
        if (cgroup == null) {
            return log == null ? List.of(socket) : List.of(socket, log);
        }
        return log == null ? List.of(socket, cgroup) : List.of(socket, log, cgroup);
    }

    /** The same connection, which is one of so many of its source. */
    public Incoming withOfSource(int count) {
        return new Incoming(id, socket, peer, knownLocal, via, listener, variables, log, cgroup, count, acceptNanos);
    }

    /** The address that the client connected to; getsockname(2) where it is not known. */
    public SocketAddr local() throws ErrnoException {
        return knownLocal.isPresent() ? knownLocal.get() : Sockets.getsockname(socket);
    }
}
