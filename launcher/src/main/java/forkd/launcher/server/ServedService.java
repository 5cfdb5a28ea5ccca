package forkd.launcher.server;

import java.util.Optional;

/**
 * One of the services of a launcher.
 *
 * @param name as the configuration has it; empty where the launcher has one service only
 * @param config what its server is told
 * @param service what is served
 */
public record ServedService(Optional<String> name, ServerConfig config, Service service) {}
