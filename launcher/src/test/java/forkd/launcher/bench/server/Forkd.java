package forkd.launcher.bench.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** forkd itself, in its models. */
public final class Forkd {
    /** Forked workers, with spares by demand: what a user gets who gives no option. */
    public static final String FORK = "forkd-fork";

    /** The same without spares: each connection waits for a fork. */
    public static final String FORK_NO_SPARES = "forkd-fork-0";

    /** A program for each connection. */
    public static final String SPAWN = "forkd-spawn";

    /** JVMs that were started ahead. */
    public static final String POOL = "forkd-pool";

    private static final String MOST_CONNECTIONS = "12000";

    private final Path executable;

    /**
     * forkd of a project.
     *
     * @param executable its command, bin/forkd
     */
    public Forkd(Path executable) {
        this.executable = executable;
    }

    /** Echo in model fork. */
    public ServerKind fork() {
        return kind(FORK, "**forkd, model fork**", false, "--model", "fork");
    }

    /** Echo in model fork without spares. */
    public ServerKind forkWithoutSpares() {
        return kind(FORK_NO_SPARES, "**forkd, model fork, no spares**", false, "--model", "fork", "--spares", "0");
    }

    /** cat(1) for each connection. */
    public ServerKind spawn() {
        return kind(SPAWN, "**forkd, model spawn, cat**", false, "--", "/bin/cat");
    }

    /** Echo in model pool. */
    public ServerKind pool() {
        return kind(POOL, "**forkd, model pool**", true, "--model", "pool");
    }

    /** A handler of the benchmark's in model fork. */
    public ServerKind handler(String id, String title, Class<?> handler, String... options) {
        List<String> all = new ArrayList<>(
                List.of("--model", "fork", "--handler", handler.getName(), "--classpath", JavaServers.classes()));
        all.addAll(Arrays.asList(options));
        return kind(id, title, false, all.toArray(String[]::new));
    }

    /** The same in model pool. */
    public ServerKind pooled(String id, String title, Class<?> handler) {
        return kind(
                id,
                title,
                true,
                "--model",
                "pool",
                "--handler",
                handler.getName(),
                "--classpath",
                JavaServers.classes());
    }

    private ServerKind kind(String id, String title, boolean slow, String... options) {
        return new ServerKind(id, title, executable.toString(), slow, port -> {
            List<String> command = new ArrayList<>(List.of(
                    executable.toString(),
                    "serve",
                    "-l",
                    "127.0.0.1:" + port,
                    "--max-connections",
                    MOST_CONNECTIONS,
                    // All come from one machine.
                    "--max-per-source",
                    "none"));
            command.addAll(Arrays.asList(options));
            return command;
        });
    }
}
