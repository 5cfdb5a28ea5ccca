package forkd.launcher.server;

import forkd.launcher.access.Access;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.process.Leftovers;
import forkd.launcher.proxy.ProxyPolicy;
import java.time.Duration;
import java.util.List;

/**
 * What a server is told.
 *
 * @param listen where to listen, at least one
 * @param backlog how many connections may wait for accept, on each listener
 * @param proxy whose PROXY headers are believed
 * @param limits how many connections may come, and live at once
 * @param times how long workers may take
 * @param access who may connect
 * @param drainTimeout how long workers may finish after a stop signal
 * @param leftovers what becomes of what a worker leaves behind
 */
public record ServerConfig(
        List<ListenSpec> listen,
        int backlog,
        ProxyPolicy proxy,
        AdmissionLimits limits,
        WorkerTimes times,
        Access access,
        Duration drainTimeout,
        Leftovers leftovers) {

    /** The same with other limits. */
    ServerConfig withLimits(AdmissionLimits other) {
        return new ServerConfig(listen, backlog, proxy, other, times, access, drainTimeout, leftovers);
    }
}
