package forkd.launcher.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What /proc tells of a process. */
final class Processes {
    /** TCP_LISTEN, as /proc/net/tcp writes it. */
    private static final String LISTEN = "0A";

    private Processes() {}

    /** The pids of the direct children, zombies included. */
    static List<Long> childrenOf(long pid) throws IOException {
        while (true) {
            try {
                return childrenOfThreads(pid);
            } catch (IOException e) {
                if (!exists(pid)) {
                    throw e;
                }
                // A thread has ended meanwhile. Its children are another one's now.
            }
        }
    }

    private static List<Long> childrenOfThreads(long pid) throws IOException {
        List<Long> children = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                String line = Files.readString(task.resolve("children")).strip();
                if (!line.isEmpty()) {
                    for (String child : line.split(" ", -1)) {
                        children.add(Long.parseLong(child));
                    }
                }
            }
        }
        return children;
    }

    /** The direct children whose command line, as ps shows it, begins with this. */
    static List<Long> childrenTitled(long pid, String title) throws IOException {
        List<Long> titled = new ArrayList<>();
        for (long child : childrenOf(pid)) {
            try {
                if (commandLine(child).startsWith(title)) {
                    titled.add(child);
                }
            } catch (IOException e) {
                if (exists(child)) {
                    throw e;
                }
            }
        }
        return titled;
    }

    /** The direct children that have ended and were not taken away. */
    static List<Long> zombiesOf(long pid) throws IOException {
        List<Long> zombies = new ArrayList<>();
        for (long child : childrenOf(pid)) {
            if (exists(child) && !lives(child)) {
                zombies.add(child);
            }
        }
        return zombies;
    }

    /** The ids of its threads. */
    static List<Long> threadsOf(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.map(task -> Long.parseLong(task.getFileName().toString()))
                    .toList();
        }
    }

    /**
     * What the open descriptors lead to, sorted; a pipe is like the other. Not the files of the cgroup, at which a JVM looks now and
     * then for its memory.
     */
    static List<String> openOf(long pid) throws IOException {
        return descriptorsOf(pid).values().stream()
                .filter(target -> !target.startsWith("/sys/fs/cgroup/"))
                .map(target -> target.startsWith("pipe:") ? "pipe" : target)
                .sorted()
                .toList();
    }

    /** The open descriptors and what they lead to. */
    static Map<Integer, String> descriptorsOf(long pid) throws IOException {
        Map<Integer, String> descriptors = new TreeMap<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path link : links.toList()) {
                try {
                    descriptors.put(
                            Integer.parseInt(link.getFileName().toString()),
                            Files.readSymbolicLink(link).toString());
                } catch (NoSuchFileException e) {
                    // Closed between the listing and the look: not open, so not listed.
                }
            }
        }
        return descriptors;
    }

    /** The descriptors that lead to TCP connections, listening sockets not among them. */
    static List<Integer> connectionsOf(long pid) throws IOException {
        Set<String> connected = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+", -1);
                if (!columns[3].equals(LISTEN)) {
                    connected.add("socket:[" + columns[9] + "]");
                }
            }
        }
        return descriptorsOf(pid).entrySet().stream()
                .filter(entry -> connected.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The command line with blanks between the arguments, as ps shows it. */
    static String commandLine(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                .replace('\0', ' ')
                .strip();
    }

    static String name(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
    }

    static boolean exists(long pid) {
        return Files.exists(Path.of("/proc/" + pid));
    }

    /** Whether it has not ended; one that has may wait for a parent that is in no hurry. */
    static boolean lives(long pid) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Stops a process and waits until all of its threads stand: each runs on for a while when the signal has been sent. */
    static void stop(long pid) throws Exception {
        Commands.run("kill", "-STOP", Long.toString(pid));
        Eventually.equal(true, () -> {
            for (long thread : threadsOf(pid)) {
                try {
                    if (!status(thread, "State").startsWith("T")) {
                        return false;
                    }
                } catch (IOException e) {
                    return false; // it has just ended
                }
            }
            return true;
        });
    }

    /** A line of /proc/PID/status. */
    static String status(long pid, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .findFirst()
                .orElseThrow()
                .substring(key.length() + 1)
                .strip();
    }
}
