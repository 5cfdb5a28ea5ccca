package forkd.launcher.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sockets that this process holds, each under its kernel's name, such as {@code socket:[4711]}.
 *
 * @param names two of these are equal where no socket was opened or closed between them
 */
record SocketProbe(Set<String> names) {

    static SocketProbe now() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return new SocketProbe(descriptors
                    .filter(Files::isSymbolicLink)
                    .map(SocketProbe::target)
                    .filter(target -> target.startsWith("socket:"))
                    .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
