package forkd.posix;

/**
 * A child that waitpid(2) has taken away: from here on its pid may belong to another process.
 *
 * @param pid what it was called
 * @param status how it ended
 */
public record EndedProcess(int pid, WaitStatus status) {}
