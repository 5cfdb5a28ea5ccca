package forkd.launcher.process;

/**
 * A worker process.
 *
 * @param pid its process id, and that of its process group
 * @param connection the id of its connection
 * @param startNanos {@link System#nanoTime} at the accept
 */
public record Worker(int pid, long connection, long startNanos) {
    // Tables ask for these with every end; those that a record has by itself are slow without the second compiler.
    @Override
    public int hashCode() {
        return pid;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Worker worker
                && worker.pid == pid
                && worker.connection == connection
                && worker.startNanos == startNanos;
    }
}
