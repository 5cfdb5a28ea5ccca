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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * What stands between accept and launch. A connection enters when its peer is known: at once, or when what comes before it
 * (a proxy's header) has been read. It is given to a worker, waits here, or is refused. The gate owns the connections that wait
 * and those that are being refused. The accept loop's thread only.
 */
final class Gate implements AutoCloseable {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private record Waiting(Incoming connection, Arrival arrival) {}

    private final AccessControl access;
    private final Admission admission;
    private final Arrivals arrivals;
    private final WorkerTable workers;
    private final WorkerLauncher launcher;
    private final Refusals refusals;
    private final EndWake ends;
    private final LongSupplier clock;
    private final Farewell farewell = new Farewell();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** Accepted, and not here yet. */
    private int arriving;
    /**
     * When {@link #progress} looked last. Who waits for a token since then is counted from that time: it would be forgotten if
     * the token had come by now.
     */
    private long lookedAt;

    /** @param doors how it is decided, and where connections go */
    Gate(Doors doors, Refusals refusals, EndWake ends) {
        this(doors, refusals, ends, System::nanoTime);
    }

    Gate(Doors doors, Refusals refusals, EndWake ends, LongSupplier clock) {
        this.clock = clock;
        this.lookedAt = clock.getAsLong();
        this.access = doors.access();
        this.admission = doors.admission();
        this.arrivals = doors.arrivals();
        this.workers = doors.workers();
        this.launcher = doors.launcher();
        this.refusals = refusals;
        this.ends = ends;
    }

    /**
     * What a gate asks and serves.
     *
     * @param access says who may connect
     * @param admission says how many
     * @param arrivals tells it who comes
     * @param workers has the slots
     * @param launcher gets the admitted
     */
    record Doors(
            AccessControl access,
            Admission admission,
            Arrivals arrivals,
            WorkerTable workers,
            WorkerLauncher launcher) {}

    /** Whether there is a reason to accept one more. */
    boolean isOpen() {
        boolean open = admission.isOpen(load(), clock.getAsLong());
        ends.want(!open || !waiting.isEmpty());
        return open;
    }

    /** Has the rules read again. */
    void reload() {
        access.reload();
    }

    /** So many more connections, or fewer, are accepted and will enter when it is known who they are. */
    void arriving(int change) {
        arriving += change;
    }

    /** Takes an accepted connection over. */
    void enter(Incoming connection) {
        enter(connection, true);
    }

    /**
     * The same for one of a proxy that has not said for whom it is: a health check, or that of a client whom it does not know.
     * It pays no penalties. How a health check ends is the handler's way of taking it, and not the proxy's fault; refused for it
     * the proxy would take the server for dead, for all of its clients.
     */
    void enterOfProxy(Incoming connection) {
        enter(connection, false);
    }

    private void enter(Incoming connection, boolean pays) {
        if (access.isOpen()) {
            decide(connection, arrival(connection, OptionalInt.empty(), pays));
            return;
        }
        Verdict verdict = access.decide(connection);
        if (verdict.allowed()) {
            decide(connection.withVariables(verdict.variables()), arrival(connection, verdict.maxPerSource(), pays));
        } else {
            long now = clock.getAsLong();
            admission.refused(arrival(connection, OptionalInt.empty(), pays), now);
            end(connection, verdict.reject(), now);
            refusals.denied(connection, access.origin(verdict), now);
        }
    }

    private Arrival arrival(Incoming connection, OptionalInt maxPerSource, boolean pays) {
        Arrival arrival = arrivals.of(connection, maxPerSource);
        return pays ? arrival : arrival.withoutPenalties();
    }

    private void decide(Incoming connection, Arrival arrival) {
        if (admission.lacksSlot(arrival, load())) {
            workers.reapEnded(); // on a busy machine the reaper may be late, and nobody is refused for the dead
        }
        long now = clock.getAsLong();
        Decision decision = admission.decide(arrival, load(), now);
        if (decision instanceof Decision.Admit admit) {
            admit(connection, admit);
        } else if (decision instanceof Decision.Wait) {
            waiting.add(new Waiting(connection, arrival));
        } else if (decision instanceof Decision.Close close) {
            refuse(connection, close.why(), Optional.empty(), now);
        } else if (decision instanceof Decision.Reject reject) {
            refuse(connection, reject.why(), Optional.of(reject.text()), now);
        }
    }

    private void refuse(Incoming connection, Refusal why, Optional<String> text, long now) {
        end(connection, text, now);
        refusals.refused(connection, why, now);
    }

    private void end(Incoming connection, Optional<String> text, long now) {
        if (text.isPresent()) {
            farewell.say(connection.socket(), text.get(), now);
        } else {
            connection.socket().close();
        }
    }

    private void admit(Incoming connection, Decision.Admit admit) {
        // The slot first, then the process; its pid is published when the launcher has it.
        workers.reserve();
        launcher.launch(admit.ofSource() == 0 ? connection : connection.withOfSource(admit.ofSource()));
    }

    /**
     * Lets those in that wait, in their order, as far as there is room, and sees to those that leave. Before the loop looks
     * whether the gate is open: whoever is freed while this runs, wakes it.
     */
    void progress() {
        ends.want(true);
        long now = clock.getAsLong();
        lookedAt = now;
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (admission.retry(one.arrival(), load(), now) instanceof Decision.Admit admit) {
                all.remove();
                admit(one.connection(), admit);
            }
        }
        farewell.progress(now);
        refusals.progress(now);
    }

    /** When {@link #progress} has something to do even if nothing comes; empty for never. */
    Optional<Duration> nextLook() {
        return NextLook.first(token(), farewell.nextLook(), refusals.nextLook());
    }

    private Optional<Duration> token() {
        long nanos = admission.nanosToNext(lookedAt);
        // Rounded up: poll knows only milliseconds, and less than one of them would be a busy wait.
        return nanos == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI));
    }

    private Load load() {
        return new Load(workers.taken(), workers.starting() + waiting.size() + arriving, launcher.hasRoom());
    }

    /** Ends the connections that wait: there will be no more workers. */
    @Override
    public void close() {
        long now = clock.getAsLong();
        Refusal stopping = new Refusal("stopping", "");
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            admission.free(next.arrival().id());
            refuse(next.connection(), stopping, Optional.empty(), now);
        }
        farewell.close();
    }
}
