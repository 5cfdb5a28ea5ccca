package forkd.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What /proc tells of descriptors: proc(5). */
final class Descriptors {
    private static final int O_CLOEXEC = 02000000;

    private Descriptors() {}

    /** Whether the kernel closes our descriptor of that number at an exec. */
    static boolean isCloseOnExec(Fd fd) throws IOException {
        return (flags(fd.number()) & O_CLOEXEC) != 0;
    }

    static boolean isOpen(int number) {
        return Files.exists(Path.of("/proc/self/fdinfo", Integer.toString(number)));
    }

    /** The numbers of the open descriptors of a process. */
    static Set<Integer> of(int pid) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Integer.toString(pid), "fd"))) {
            return entries.map(entry -> Integer.valueOf(entry.getFileName().toString()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static int flags(int number) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", Integer.toString(number)))) {
            if (line.startsWith("flags:")) {
                return Integer.parseInt(line.substring("flags:".length()).strip(), 8);
            }
        }
        throw new IllegalStateException("fdinfo has no flags");
    }
}
