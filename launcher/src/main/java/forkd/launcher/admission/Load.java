package forkd.launcher.admission;

/**
 * How busy the server is.
 *
 * @param taken slots that are taken: workers that live, and those that are being started
 * @param starting connections that were accepted and that no worker handles yet
 * @param startable whether a worker could be started now
 */
public record Load(int taken, int starting, boolean startable) {}
