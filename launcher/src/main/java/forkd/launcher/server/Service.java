package forkd.launcher.server;

import forkd.launcher.process.WorkerLauncher;

/**
 * What is served: where workers come from, and how the {@code listening} event names it.
 *
 * @param launcher starts the workers
 * @param model {@code spawn}
 * @param kind {@code handler} or {@code command}
 * @param name the handler's or the command's
 */
public record Service(WorkerLauncher launcher, String model, String kind, String name) {}
