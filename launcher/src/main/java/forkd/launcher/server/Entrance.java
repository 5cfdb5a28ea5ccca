package forkd.launcher.server;

import forkd.launcher.process.Incoming;
import forkd.launcher.proxy.HeaderReader;
import forkd.launcher.proxy.ProxyHeader;
import forkd.launcher.proxy.ProxyHeaderException;
import forkd.launcher.proxy.ProxyPolicy;
import forkd.launcher.proxy.ProxyVariables;
import forkd.posix.PollSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a connection stands until it is known who is at its other end. Most are let through to the {@link Gate} at once; one of
 * a listener behind a proxy waits here for its header, for a limited time, and has ended if it is none. It owns the connections that wait.
 * The accept loop's thread only; nothing here blocks.
 */
final class Entrance implements AutoCloseable {
    private final ProxyPolicy policy;
    private final int most;
    private final Gate gate;
    private final Refusals refusals;
    /** In the order of the accepts, and so of the deadlines. */
    private final List<Pending> pending = new ArrayList<>();
    /** So many of them were in the last poll, from this index on. */
    private int watched;

    private int firstIndex;

    private record Pending(Incoming connection, HeaderReader reader) {}

    /** @param most how many connections may wait for their header */
    Entrance(ProxyPolicy policy, int most, Gate gate, Refusals refusals) {
        this.policy = policy;
        this.most = most;
        this.gate = gate;
        this.refusals = refusals;
    }

    /**
     * Whether there is a reason to accept one more. Where too many wait for their header those wait in the kernel that would
     * have to wait for theirs, and nobody else does.
     *
     * @param proxied whether it would begin with a header
     */
    boolean isOpen(boolean proxied) {
        return gate.isOpen() && !(proxied && pending.size() >= most);
    }

    /**
     * Takes an accepted connection over.
     *
     * @param proxied whether it begins with a header
     */
    void enter(Incoming connection, boolean proxied) {
        if (!proxied) {
            gate.enter(connection);
        } else if (!policy.trusts(connection.peer())) {
            refuse(connection, "proxy-from", "not among the senders of --proxy-from");
        } else {
            Pending next = new Pending(connection, new HeaderReader(connection.socket()));
            // A proxy sends its header with the connection, as a rule, so that it is there already.
            if (!isDone(next, System.nanoTime())) {
                pending.add(next);
                gate.arriving(1);
            }
        }
    }

    /** Has the sockets of those that wait polled. */
    void watch(PollSet poll) {
        firstIndex = poll.size();
        watched = pending.size();
        for (Pending waiting : pending) {
            poll.add(waiting.connection().socket());
        }
    }

    /** Reads what has come, and ends what has waited too long; after the poll, before anybody else enters. */
    void progress(PollSet poll) {
        if (watched == 0) {
            return;
        }
        long now = System.nanoTime();
        List<Pending> rest = new ArrayList<>();
        int before = pending.size();
        for (int i = 0; i < before; i++) {
            Pending waiting = pending.get(i);
            boolean ready = i < watched && poll.isReady(firstIndex + i);
            if (!(ready || isLate(waiting, now)) || !hasGone(waiting, now)) {
                rest.add(waiting);
            }
        }
        pending.clear();
        pending.addAll(rest);
        watched = 0;
    }

    /** As {@link #isDone}, of one that is counted: the gate must not count it while it decides about it, nor after that. */
    private boolean hasGone(Pending waiting, long now) {
        gate.arriving(-1);
        boolean done = isDone(waiting, now);
        if (!done) {
            gate.arriving(1);
        }
        return done;
    }

    /** When {@link #progress} has something to do though nothing comes; empty for never. */
    Optional<Duration> nextLook() {
        if (pending.isEmpty()) {
            return Optional.empty();
        }
        long waited = System.nanoTime() - pending.get(0).connection().acceptNanos();
        // A millisecond more, because poll counts whole ones and would return just before the time.
        return Optional.of(Duration.ofNanos(Math.max(0, policy.timeout().toNanos() - waited))
                .plusMillis(1));
    }

    private boolean isLate(Pending waiting, long now) {
        return now - waiting.connection().acceptNanos() >= policy.timeout().toNanos();
    }

    /** Whether it need not wait any longer: it has gone on, or has ended. */
    private boolean isDone(Pending waiting, long now) {
        Incoming connection = waiting.connection();
        try {
            Optional<ProxyHeader> header = waiting.reader().read();
            if (header.isPresent()) {
                goOn(connection, header.get());
                return true;
            }
        } catch (ProxyHeaderException e) {
            refuse(connection, "proxy-header", e.getMessage());
            return true;
        }
        if (isLate(waiting, now)) {
            refuse(
                    connection,
                    "proxy-timeout",
                    "no whole PROXY header within " + policy.timeout().toMillis() + " ms");
            return true;
        }
        return false;
    }

    private void goOn(Incoming connection, ProxyHeader header) {
        List<String> variables = ProxyVariables.of(header, connection.peer());
        if (header.addresses().isPresent()) {
            ProxyHeader.Addresses told = header.addresses().get();
            gate.enter(connection.behindProxy(told.source(), told.destination()).withVariables(variables));
        } else {
            gate.enterOfProxy(connection.withVariables(variables));
        }
    }

    private void refuse(Incoming connection, String reason, String why) {
        connection.socket().close();
        refusals.unproven(connection, reason, why, System.nanoTime());
    }

    /** Ends the connections that wait, and closes the gate: there will be no more workers. */
    @Override
    public void close() {
        pending.forEach(waiting -> refuse(waiting.connection(), "stopping", "its PROXY header had not come"));
        gate.arriving(-pending.size());
        pending.clear();
        gate.close();
    }
}
