package forkd.launcher.process;

import forkd.posix.Fd;
import forkd.posix.SocketAddr;

/**
 * An accepted connection on its way to a worker.
 *
 * @param id its number since the start, from 1
 * @param socket the launcher's copy of the connected descriptor; whoever holds the connection owns and closes it
 * @param peer the client's address
 * @param listener the listener's address, as the event log prints it
 * @param acceptNanos {@link System#nanoTime} at the accept
 */
public record Incoming(long id, Fd socket, SocketAddr peer, String listener, long acceptNanos) {}
