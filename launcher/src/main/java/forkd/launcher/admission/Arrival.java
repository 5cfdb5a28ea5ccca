package forkd.launcher.admission;

import forkd.posix.SocketAddr;

/**
 * A connection as limits see it.
 *
 * @param id its number
 * @param peer the client; behind a proxy the one that the proxy tells
 */
public record Arrival(long id, SocketAddr peer) {}
