package forkd.launcher.process;

import forkd.worker.WorkerContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a handler is warmed up, besides its own {@code warmUp}.
 *
 * @param runs how many connections it handles in the zygote
 * @param input a file with what the client of each sends
 * @param classes a file with names of classes to load
 */
public record WarmUpPlan(int runs, Optional<Path> input, Optional<Path> classes) {
    /** So many connections, and nothing else. */
    public static WarmUpPlan of(int runs) {
        return new WarmUpPlan(runs, Optional.empty(), Optional.empty());
    }

    /** The options of the JVM of such a process. */
    List<String> options() {
        return classes.map(file -> List.of("-D" + WorkerContract.CLASSES + "=" + file.toAbsolutePath()))
                .orElse(List.of());
    }

    /** The arguments of a process that loads the handler and warms it. */
    List<String> arguments(String handler) {
        List<String> arguments = new ArrayList<>(List.of(handler, Integer.toString(runs)));
        input.ifPresent(file -> arguments.add(file.toAbsolutePath().toString()));
        return arguments;
    }
}
