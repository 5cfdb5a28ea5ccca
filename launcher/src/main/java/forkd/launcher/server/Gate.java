package forkd.launcher.server;

import forkd.launcher.access.Verdict;
import forkd.launcher.admission.Admission;
import forkd.launcher.admission.Arrival;
import forkd.launcher.admission.Decision;
import forkd.launcher.admission.Load;
import forkd.launcher.admission.Refusal;
import forkd.launcher.process.Incoming;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerTable;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * What stands between accept and launch. A connection enters when its peer is known: at once, or when what comes before it
 * (a proxy's header) has been read. It is given to a worker, waits here, or is closed. It owns the connections that wait. The
 * accept loop's thread only.
 */
final class Gate implements AutoCloseable {
    private final AccessControl access;
    private final Admission admission;
    private final WorkerTable workers;
    private final WorkerLauncher launcher;
    private final EventLog log;
    private final ArrayDeque<Incoming> waiting = new ArrayDeque<>();

    Gate(AccessControl access, Admission admission, WorkerTable workers, WorkerLauncher launcher, EventLog log) {
        this.access = access;
        this.admission = admission;
        this.workers = workers;
        this.launcher = launcher;
        this.log = log;
    }

    /** Whether there is a reason to accept one more. */
    boolean isOpen() {
        return admission.isOpen(load());
    }

    /** Has the rules read again. */
    void reload() {
        access.reload();
    }

    /** Takes an accepted connection over. */
    void enter(Incoming connection) {
        if (access.isOpen()) {
            allowed(connection);
            return;
        }
        Verdict verdict = access.decide(connection);
        if (verdict.allowed()) {
            allowed(connection.withVariables(verdict.variables()));
        } else {
            verdict.reject().ifPresent(text -> tell(connection, text));
            connection.socket().close();
            log.denied(connection.id(), connection.peer(), access.origin(verdict));
        }
    }

    /** One line, if the client is still there. It is the first that is sent, and so it fits into the socket's buffer. */
    private static void tell(Incoming connection, String text) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            Posix.write(connection.socket(), line, 0, line.length);
        } catch (ErrnoException e) {
            // Whoever has gone already is not told; the event log has the reason.
            return;
        }
    }

    private void allowed(Incoming connection) {
        decided(connection, admission.decide(arrival(connection), load()));
    }

    /** Lets those in that wait, in their order, as far as there is room. */
    void progress() {
        for (Iterator<Incoming> all = waiting.iterator(); all.hasNext(); ) {
            Incoming connection = all.next();
            if (admission.retry(arrival(connection), load()) instanceof Decision.Admit admit) {
                all.remove();
                admit(connection, admit);
            }
        }
    }

    private void decided(Incoming connection, Decision decision) {
        if (decision instanceof Decision.Admit admit) {
            admit(connection, admit);
        } else if (decision instanceof Decision.Wait) {
            waiting.add(connection);
        } else if (decision instanceof Decision.Close close) {
            refuse(connection, close.why());
        }
    }

    private void admit(Incoming connection, Decision.Admit admit) {
        // The slot first, then the process; its pid is published when the launcher has it.
        workers.reserve();
        launcher.launch(admit.ofSource() == 0 ? connection : connection.withOfSource(admit.ofSource()));
    }

    private void refuse(Incoming connection, Refusal why) {
        connection.socket().close();
        log.reject(connection.id(), connection.peer(), why);
    }

    private static Arrival arrival(Incoming connection) {
        return new Arrival(connection.id(), connection.peer());
    }

    private Load load() {
        return new Load(workers.taken(), workers.starting() + waiting.size(), launcher.hasRoom());
    }

    /** Ends the connections that wait: there will be no more workers. */
    @Override
    public void close() {
        Refusal stopping = new Refusal("stopping", "");
        for (Incoming next = waiting.poll(); next != null; next = waiting.poll()) {
            admission.free(next.id());
            refuse(next, stopping);
        }
    }
}
