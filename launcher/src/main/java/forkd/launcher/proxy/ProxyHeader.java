package forkd.launcher.proxy;

import forkd.posix.SocketAddr;
import java.util.List;
import java.util.Optional;

/**
 * What a proxy has told.
 *
 * @param version 1 or 2
 * @param local whether the proxy speaks for itself, as a health check does (LOCAL)
 * @param addresses those of the client's connection; empty where the proxy does not know them or speaks for itself: then the
 *     connection's own are meant
 * @param tlvs what else it told, version 2 only
 */
public record ProxyHeader(int version, boolean local, Optional<Addresses> addresses, List<Tlv> tlvs) {
    /**
     * Both ends of the client's connection to the proxy.
     *
     * @param source the client
     * @param destination what it connected to
     */
    public record Addresses(SocketAddr source, SocketAddr destination) {}
}
