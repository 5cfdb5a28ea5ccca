package forkd.launcher.admission;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Decides about every connection, by all limits. What it has admitted, or lets wait, it counts until {@link #free}. Any
 * thread may call: the accept loop decides, the reaper frees. Times are {@link System#nanoTime}'s.
 */
public final class Admission {
    private record Slot(Source source, boolean pays, boolean waiting) {}

    private final AdmissionLimits limits;
    private final IntSupplier percent;
    private final Consumer<Penalty> onPenalty;
    private final Optional<TokenBucket> bucket;
    private final Penalties penalties;
    private final SourceCounts counts = new SourceCounts();
    private final Map<Long, Slot> slots = new HashMap<>();
    private int waiting;

    /**
     * Nobody has come yet.
     *
     * @param percent a random number from 0 to 99
     * @param onPenalty is told of each penalty that begins; called under this object's lock
     * @param now the time
     */
    public Admission(AdmissionLimits limits, IntSupplier percent, Consumer<Penalty> onPenalty, long now) {
        this.limits = limits;
        this.percent = percent;
        this.onPenalty = onPenalty;
        this.bucket = limits.rate().map(rate -> new TokenBucket(rate, now));
        this.penalties = new Penalties(limits.penalties());
    }

    /**
     * Whether there is a reason to accept: a connection that came now could be admitted, would be refused, or has to be seen
     * because it may be an administrator's. Else it waits in the kernel's backlog.
     */
    public synchronized boolean isOpen(Load load, long now) {
        boolean startable = load.startable() || limits.starting().isPresent();
        if (!startable || (limits.connections().overflow().queues() && isFull(load, true))) {
            return false;
        }
        if (!limits.admins().isEmpty()) {
            return true;
        }
        return waiting < limits.maxWaiting()
                && !(limits.connections().overflow().queues() && isFull(load, false))
                && !(limits.rate().filter(rate -> rate.overflow().queues()).isPresent() && nanosToToken(now) > 0);
    }

    /** Whether a connection would have a slot if others gave theirs back. */
    public synchronized boolean lacksSlot(Arrival arrival, Load load) {
        Optional<Limit> perSource = arrival.admin() ? Optional.empty() : perSource(arrival);
        return isFull(load, arrival.admin())
                || (perSource.isPresent()
                        && isOver(perSource.get(), arrival.source().get()));
    }

    /** Decides about a connection that has just come. */
    public synchronized Decision decide(Arrival arrival, Load load, long now) {
        Optional<Decision> refused = arrival.admin() ? Optional.empty() : refuse(arrival, load, now);
        if (refused.isPresent()) {
            return refused.get();
        }
        Optional<Refusal> obstacle = obstacle(arrival, load, now);
        if (obstacle.isEmpty()) {
            return admit(arrival, now);
        }
        if (waiting >= limits.maxWaiting()) {
            return new Decision.Close(obstacle.get());
        }
        waiting++;
        arrival.source().ifPresent(counts::addWaiting);
        slots.put(arrival.id(), new Slot(arrival.source().orElse(null), arrival.pays(), true));
        return Decision.Wait.ON;
    }

    /** Decides again about a connection that waits: it waits on, or is admitted. */
    public synchronized Decision retry(Arrival arrival, Load load, long now) {
        if (obstacle(arrival, load, now).isPresent()) {
            return Decision.Wait.ON;
        }
        free(arrival.id());
        return admit(arrival, now);
    }

    private Decision admit(Arrival arrival, long now) {
        if (!arrival.admin()) {
            take(now);
        }
        if (arrival.source().isEmpty()) {
            return Decision.Admit.UNCOUNTED;
        }
        Source source = arrival.source().get();
        slots.put(arrival.id(), new Slot(source, arrival.pays(), false));
        return new Decision.Admit(counts.addLive(source));
    }

    private void take(long now) {
        if (bucket.isPresent()) {
            bucket.get().take(now);
        }
    }

    /** The refusal by those limits that do not let wait; for administrators there are none. */
    private Optional<Decision> refuse(Arrival arrival, Load load, long now) {
        Optional<Source> source = arrival.source();
        if (arrival.pays() && source.isPresent() && penalties.counts(source.get(), now)) {
            return Optional.of(
                    new Decision.Close(new Refusal("penalty", limits.penalties().toString())));
        }
        if (limits.starting().isPresent()
                && percent.getAsInt() < limits.starting().get().dropPercent(load.starting())) {
            return Optional.of(new Decision.Close(
                    new Refusal("max-starting", limits.starting().get().toString())));
        }
        Optional<Limit> perSource = perSource(arrival);
        if (perSource.isPresent() && isOver(perSource.get(), source.get())) {
            refused(arrival, now);
            return Optional.of(perSource.get().refuse("max-per-source"));
        }
        if (!limits.connections().overflow().queues() && isFull(load, false)) {
            return Optional.of(limits.connections().refuse("max-connections"));
        }
        boolean late =
                limits.rate().isPresent() && !limits.rate().get().overflow().queues() && nanosToToken(now) > 0;
        return late ? Optional.of(limits.rate().get().refuse()) : Optional.empty();
    }

    /** Why a connection must wait; empty where it need not. */
    private Optional<Refusal> obstacle(Arrival arrival, Load load, long now) {
        if (isFull(load, arrival.admin())) {
            return Optional.of(new Refusal(
                    "max-connections", Integer.toString(limits.connections().number())));
        }
        if (!load.startable()) {
            return Optional.of(new Refusal("max-waiting", Integer.toString(limits.maxWaiting())));
        }
        if (arrival.admin()) {
            return Optional.empty();
        }
        Optional<Limit> perSource = perSource(arrival);
        if (perSource.isPresent()
                && counts.live(arrival.source().get()) >= perSource.get().number()) {
            return Optional.of(new Refusal(
                    "max-per-source", Integer.toString(perSource.get().number())));
        }
        return nanosToToken(now) > 0
                ? Optional.of(new Refusal("rate", limits.rate().get().text()))
                : Optional.empty();
    }

    private boolean isFull(Load load, boolean admin) {
        return load.taken() >= limits.connections().number() - (admin ? 0 : limits.adminSlots());
    }

    /** Where a source over its share waits, no more of it may wait than may live, and never all that may wait at all. */
    private boolean isOver(Limit share, Source source) {
        return share.overflow().queues()
                ? counts.live(source) >= share.number()
                        && counts.waiting(source) >= Math.min(share.number(), limits.waitingShare())
                : counts.live(source) + counts.waiting(source) >= share.number();
    }

    private Optional<Limit> perSource(Arrival arrival) {
        if (arrival.source().isEmpty() || arrival.maxPerSource().isEmpty()) {
            return arrival.source().isEmpty() ? Optional.empty() : limits.perSource();
        }
        return Optional.of(new Limit(
                arrival.maxPerSource().getAsInt(),
                limits.perSource().map(Limit::overflow).orElse(Overflow.CLOSE)));
    }

    /** In how many nanoseconds the rate lets somebody in who waits, here or in the backlog; 0 where none does. */
    public synchronized long nanosToNext(long now) {
        boolean waited = waiting > 0
                || limits.rate().filter(rate -> rate.overflow().queues()).isPresent();
        return waited ? nanosToToken(now) : 0;
    }

    private long nanosToToken(long now) {
        return bucket.isPresent() ? bucket.get().nanosToToken(now) : 0;
    }

    /** A connection has ended that its source pays for. */
    public synchronized void ended(long id, Offence offence, long now) {
        Slot slot = slots.get(id);
        if (slot != null && slot.pays()) {
            offend(slot.source(), offence, now);
        }
        free(id);
    }

    /** A connection was refused, perhaps by somebody else, for a reason that its source pays for. */
    public synchronized void refused(Arrival arrival, long now) {
        if (arrival.pays()) {
            arrival.source().ifPresent(source -> offend(source, Offence.REFUSED, now));
        }
    }

    private void offend(Source source, Offence offence, long now) {
        penalties.add(source, offence, now).ifPresent(onPenalty);
    }

    /** The connection waits no more, has no worker any more, or will have none. */
    public synchronized void free(long id) {
        Slot slot = slots.remove(id);
        if (slot == null) {
            return;
        }
        if (slot.waiting()) {
            waiting--;
        }
        if (slot.source() != null) {
            if (slot.waiting()) {
                counts.removeWaiting(slot.source());
            } else {
                counts.removeLive(slot.source());
            }
        }
    }

    /** How many connections are counted: with a worker, or waiting. */
    synchronized int size() {
        return slots.size();
    }

    /** How many sources are counted. */
    synchronized int sources() {
        return counts.size();
    }
}
