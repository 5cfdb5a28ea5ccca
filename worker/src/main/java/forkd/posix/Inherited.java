package forkd.posix;

/**
 * A descriptor that a spawned process gets.
 *
 * @param source ours; it stays ours
 * @param number what it is called in the new process
 */
public record Inherited(Fd source, int number) {}
