package forkd.launcher.server;

import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerStderr;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is served: where workers come from, and how the {@code listening} event names it.
 *
 * @param launcher starts the workers
 * @param kind {@code handler}, {@code main} or {@code command}
 * @param name the handler's, the class's or the command's
 * @param stderr where workers' messages go
 * @param user who workers become; empty where they stay who the launcher is
 * @param warnings what the operator should know as soon as it listens
 */
public record Service(
        WorkerLauncher launcher,
        String kind,
        String name,
        WorkerStderr stderr,
        OptionalInt user,
        List<String> warnings) {

    /** The same with one warning more. */
    Service withWarning(String warning) {
        List<String> all = new ArrayList<>(warnings);
        all.add(warning);
        return new Service(launcher, kind, name, stderr, user, all);
    }
}
