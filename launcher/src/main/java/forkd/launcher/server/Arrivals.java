package forkd.launcher.server;

import forkd.launcher.access.Cidr;
import forkd.launcher.access.Peer;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.Arrival;
import forkd.launcher.admission.Source;
import forkd.launcher.process.Incoming;
import forkd.posix.ErrnoException;
import forkd.posix.InetAddr;
import forkd.posix.Sockets;
import java.util.Optional;
import java.util.OptionalInt;

/** Looks at a connection as limits do. The client of a Unix socket is its user: the kernel is asked only where that counts. */
final class Arrivals {
    private final AdmissionLimits limits;

    Arrivals(AdmissionLimits limits) {
        this.limits = limits;
    }

    /** @param maxPerSource how many connections its source may have, where a rule says so */
    Arrival of(Incoming connection, OptionalInt maxPerSource) {
        return new Arrival(connection.id(), source(connection, maxPerSource), isAdmin(connection), maxPerSource);
    }

    private Optional<Source> source(Incoming connection, OptionalInt maxPerSource) {
        if (connection.peer() instanceof InetAddr peer) {
            return Optional.of(limits.prefix().of(peer));
        }
        if (!limits.needsSource() && maxPerSource.isEmpty()) {
            return Optional.empty();
        }
        if (connection.via().isPresent()) {
            return Optional.of(new Source.User(Peer.Unix.UNKNOWN)); // the kernel would tell who the proxy is
        }
        try {
            return Optional.of(
                    new Source.User(Sockets.peerCredentials(connection.socket()).uid()));
        } catch (ErrnoException e) {
            throw new IllegalStateException("a connected Unix socket has a peer", e);
        }
    }

    private boolean isAdmin(Incoming connection) {
        if (limits.admins().isEmpty() || !(connection.peer() instanceof InetAddr peer)) {
            return false;
        }
        byte[] address = peer.address().getAddress();
        for (Cidr block : limits.admins()) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
