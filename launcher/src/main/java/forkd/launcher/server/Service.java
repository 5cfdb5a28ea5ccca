package forkd.launcher.server;

import forkd.launcher.process.WorkerLauncher;

/**
 * What is served: where workers come from, and how the {@code listening} event names it.
 *
 * @param launcher starts the workers
 * @param kind {@code handler}, {@code main} or {@code command}
 * @param name the handler's, the class's or the command's
 */
public record Service(WorkerLauncher launcher, String kind, String name) {}
