package forkd.launcher.bench.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that can be started.
 *
 * @param id its name in the results
 * @param title its name for people
 * @param program the program that must be installed
 * @param slow has only some tens of connections a second
 * @param command makes the command line
 */
public record ServerKind(String id, String title, String program, boolean slow, CommandLine command) {
    /** Root can raise the hard limit; others take it as it is. */
    private static final String MANY_DESCRIPTORS =
            "ulimit -n 65536 2>/dev/null || ulimit -n $(ulimit -H -n); exec \"$@\"";

    /** Tells the command line for a port. */
    @FunctionalInterface
    public interface CommandLine {
        /** Listens on 127.0.0.1 and this port. */
        List<String> of(int port);
    }

    /** The same with a limit of open files that lets it have 10,000 connections. */
    public ServerKind withManyDescriptors() {
        return new ServerKind(id, title, program, slow, port -> {
            List<String> all = new ArrayList<>(List.of("sh", "-c", MANY_DESCRIPTORS, "sh"));
            all.addAll(command.of(port));
            return all;
        });
    }

    /** How many those are here. */
    public static int manyDescriptors() throws IOException, InterruptedException {
        String limit = Programs.output(List.of("sh", "-c", MANY_DESCRIPTORS, "sh", "sh", "-c", "ulimit -n"));
        return limit.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(limit);
    }
}
