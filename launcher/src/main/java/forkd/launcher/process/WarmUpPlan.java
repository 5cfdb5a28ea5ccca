package forkd.launcher.process;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a handler is warmed up, besides its own {@code warmUp}.
 *
 * @param runs how many connections it handles in the zygote
 * @param input a file with what the client of each sends
 */
public record WarmUpPlan(int runs, Optional<Path> input) {}
