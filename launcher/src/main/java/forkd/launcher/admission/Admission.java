package forkd.launcher.admission;

/**
 * Decides about every connection, with all limits. What it has admitted it counts until {@link #free}. Any thread may call:
 * the accept loop decides, the reaper frees.
 */
public final class Admission {
    private final int maxConnections;

    /** @param maxConnections how many connections may have a worker at once; the others wait */
    public Admission(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** Whether there is a reason to accept: a connection that came now could be admitted, or would be refused. */
    public boolean isOpen(Load load) {
        return load.startable() && load.taken() < maxConnections;
    }

    /** Decides about a connection that has just come. */
    public Decision decide(Arrival arrival, Load load) {
        return isOpen(load) ? new Decision.Admit(0) : new Decision.Wait();
    }

    /** Decides again about a connection that waits: it waits on, or is admitted. */
    public Decision retry(Arrival arrival, Load load) {
        return decide(arrival, load);
    }

    /** The connection has no worker any more, or will have none. */
    public void free(long id) {
        // nothing is counted by connection yet
    }
}
