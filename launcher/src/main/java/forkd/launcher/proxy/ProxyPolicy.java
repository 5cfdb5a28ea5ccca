package forkd.launcher.proxy;

import forkd.launcher.access.Cidr;
import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import java.time.Duration;
import java.util.List;

/**
 * Whom to believe, and how long to wait for it.
 *
 * @param from which addresses may send headers; over a Unix socket everybody may who is let to connect
 * @param timeout how long a header may take, from the accept
 */
public record ProxyPolicy(List<Cidr> from, Duration timeout) {
    /** Proxies on the same machine. */
    public static final List<Cidr> LOCAL = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));

    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Whether this sender's headers are believed. */
    public boolean trusts(SocketAddr sender) {
        if (!(sender instanceof InetAddr inet)) {
            return true;
        }
        byte[] address = inet.address().getAddress();
        return from.stream().anyMatch(block -> block.contains(address));
    }
}
