package forkd.launcher.freeze;

import java.util.List;

/**
 * How a zygote is started.
 *
 * @param path the java command
 * @param argv its arguments, argv[0] first
 * @param environment {@code NAME=value} entries, all of them
 */
public record ZygoteCommand(String path, List<String> argv, List<String> environment) {}
