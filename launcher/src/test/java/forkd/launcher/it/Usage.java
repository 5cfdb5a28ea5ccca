package forkd.launcher.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a launcher takes beside memory. */
record Usage(int descriptors, int threads, int children) {
    /** When no connection is open any more: a launcher has no sockets but listeners, and what its options need. */
    static Usage settled(ForkdServer server) throws Exception {
        Eventually.equal(List.of(), () -> Processes.connectionsOf(server.pid()));
        return of(server);
    }

    static Usage of(ForkdServer server) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + server.pid() + "/task"))) {
            return new Usage(
                    Processes.descriptorsOf(server.pid()).size(),
                    (int) tasks.count(),
                    Processes.childrenOf(server.pid()).size());
        }
    }
}
