package forkd.posix;

/**
 * What accept(2) returned: a second socket, connected, beside the listening one.
 *
 * @param socket the connected descriptor, close-on-exec; the holder of this record owns it
 * @param peer the address of the other side
 */
public record AcceptedConnection(Fd socket, SocketAddr peer) {}
