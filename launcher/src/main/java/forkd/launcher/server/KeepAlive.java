package forkd.launcher.server;

import java.util.OptionalInt;

/**
 * SO_KEEPALIVE with its times, tcp(7); what is empty is the kernel's.
 *
 * @param idleSeconds how long a connection is silent before it is probed
 * @param intervalSeconds between two probes
 * @param count how many probes without an answer end it
 */
public record KeepAlive(OptionalInt idleSeconds, OptionalInt intervalSeconds, OptionalInt count) {}
