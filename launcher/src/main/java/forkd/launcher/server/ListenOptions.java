package forkd.launcher.server;

import forkd.launcher.proxy.ProxyMode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one listener has of its own.
 *
 * @param name how it is called, in the log and for its workers
 * @param backlog how many connections may wait for accept; empty for the number of all listeners
 * @param reusePort SO_REUSEPORT: other processes may listen on the same address, and the kernel spreads the connections
 * @param noDelay TCP_NODELAY on every connection
 * @param keepAlive SO_KEEPALIVE on every connection
 * @param file who may connect, for a Unix socket's file
 * @param proxy whether connections begin with a PROXY header; empty for what is set for all listeners
 */
public record ListenOptions(
        Optional<String> name,
        OptionalInt backlog,
        boolean reusePort,
        boolean noDelay,
        Optional<KeepAlive> keepAlive,
        FileAccess file,
        Optional<ProxyMode> proxy) {
    static final ListenOptions NONE = new ListenOptions(
            Optional.empty(),
            OptionalInt.empty(),
            false,
            false,
            Optional.empty(),
            FileAccess.DEFAULT,
            Optional.empty());

    ListenOptions withProxy(ProxyMode mode) {
        return new ListenOptions(name, backlog, reusePort, noDelay, keepAlive, file, Optional.of(mode));
    }

    boolean isProxied() {
        return proxy.orElse(ProxyMode.OFF) == ProxyMode.REQUIRED;
    }
}
