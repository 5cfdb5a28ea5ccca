package forkd.launcher.server;

import forkd.launcher.access.Access;
import forkd.launcher.access.IpLiteral;
import forkd.launcher.access.Peer;
import forkd.launcher.access.Rules;
import forkd.launcher.access.RulesException;
import forkd.launcher.access.Verdict;
import forkd.launcher.process.Incoming;
import forkd.posix.ErrnoException;
import forkd.posix.InetAddr;
import forkd.posix.PeerCredentials;
import forkd.posix.Sockets;
import java.util.List;

/** Asks the rules about connections, and has their file read again. The accept loop's thread, except where said. */
final class AccessControl {
    private final Access access;
    private final List<String> listeners;
    private final EventLog log;

    /** @param listeners their names, as the event log prints them */
    AccessControl(Access access, List<String> listeners, EventLog log) {
        this.access = access;
        this.listeners = listeners;
        this.log = log;
    }

    /** Tells the log by which rules connections are judged, if by any. */
    void announce() {
        if (access.file().isPresent()) {
            log.rules(
                    access.file().get().path().toString(),
                    access.rules().rules().size());
        }
        access.doubts(listeners).forEach(log::warn);
    }

    /** Whether there is nothing to ask. */
    boolean isOpen() {
        return access.isOpen();
    }

    /** Does not block. Where the kernel does not tell who the client is, nobody may connect. */
    Verdict decide(Incoming connection) {
        Rules rules = access.rules();
        try {
            return rules.decide(peer(connection, rules), connection.listener());
        } catch (ErrnoException e) {
            log.warn("rules cannot be asked: " + e.getMessage());
            return Verdict.NO_RULE_FITS;
        }
    }

    private static Peer peer(Incoming connection, Rules rules) throws ErrnoException {
        if (connection.peer() instanceof InetAddr inet) {
            return Peer.inet(IpLiteral.unmapped(inet.address().getAddress()));
        }
        // Behind a proxy the kernel would tell who the proxy is.
        if (!rules.asksForIds() || connection.via().isPresent()) {
            return new Peer.Unix(Peer.Unix.UNKNOWN, Peer.Unix.UNKNOWN);
        }
        PeerCredentials credentials = Sockets.peerCredentials(connection.socket());
        return new Peer.Unix(credentials.uid(), credentials.gid());
    }

    /** The rule that decided, for the log. */
    String origin(Verdict verdict) {
        return verdict.rule().map(access::origin).orElse("none");
    }

    /** Reads the rules again, on a thread of its own: a file may be long, or on a disk that sleeps. */
    void reload() {
        if (access.file().isPresent()) {
            Thread thread = new Thread(this::readAgain, "rules");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void readAgain() {
        try {
            access.reload();
        } catch (RulesException e) {
            log.warn("the rules stay as they are: " + e.getMessage());
            return;
        }
        announce();
    }
}
