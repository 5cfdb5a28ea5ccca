package forkd.launcher.server;

import java.time.Duration;
import java.util.List;

/**
 * What a server is told.
 *
 * @param listen where to listen, at least one address
 * @param backlog how many connections may wait for accept, on each listener
 * @param maxConnections how many workers may live at once
 * @param drainTimeout how long workers may finish after a stop signal
 */
public record ServerConfig(List<ListenAddress> listen, int backlog, int maxConnections, Duration drainTimeout) {}
