package forkd.launcher.bench.server;

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
    /** Tells the command line for a port. */
    @FunctionalInterface
    public interface CommandLine {
        /** Listens on 127.0.0.1 and this port. */
        List<String> of(int port);
    }

    /** The same with another identity. */
    public ServerKind named(String newId, String newTitle) {
        return new ServerKind(newId, newTitle, program, slow, command);
    }
}
