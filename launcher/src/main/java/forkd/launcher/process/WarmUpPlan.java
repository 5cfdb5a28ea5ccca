package forkd.launcher.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a handler is warmed up, besides its own {@code warmUp}.
 *
 * @param runs how many connections it handles in the zygote
 * @param input a file with what the client of each sends
 */
public record WarmUpPlan(int runs, Optional<Path> input) {
    /** The arguments of a process that loads the handler and warms it. */
    List<String> arguments(String handler) {
        List<String> arguments = new ArrayList<>(List.of(handler, Integer.toString(runs)));
        input.ifPresent(file -> arguments.add(file.toAbsolutePath().toString()));
        return arguments;
    }
}
