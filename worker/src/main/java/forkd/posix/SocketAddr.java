package forkd.posix;

/**
 * The address of a socket. Its {@code toString} is the form in which forkd prints and reads addresses:
 * {@code 127.0.0.1:7000}, {@code [::1]:7000}, {@code unix:/run/x.sock}.
 */
public sealed interface SocketAddr permits InetAddr, UnixAddr {
    /** The AF_ number of socket(2). */
    int family();
}
