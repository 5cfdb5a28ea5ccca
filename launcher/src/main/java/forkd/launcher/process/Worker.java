package forkd.launcher.process;

/**
 * A worker process.
 *
 * @param pid its process id, and that of its process group
 * @param connection the id of its connection
 * @param startNanos {@link System#nanoTime} at the accept
 */
public record Worker(int pid, long connection, long startNanos) {}
