package forkd.posix;

/**
 * Which TCP connection of this network namespace.
 *
 * @param local our side's address
 * @param peer the other side's, as the kernel knows it: behind a proxy the proxy's
 * @param cookie the kernel's number of the socket, which no other socket ever has: SO_COOKIE of socket(7)
 */
public record TcpKey(InetAddr local, InetAddr peer, long cookie) {}
