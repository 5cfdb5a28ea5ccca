package forkd.launcher.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * DAMON, the kernel's monitor of memory accesses, where somebody has turned it on. For each page that it samples it walks through all
 * processes that have the page, and holds a lock meanwhile that a fork needs. Beside ten thousand processes it takes a good part of a
 * machine, at times that nobody knows.
 */
public final class AccessMonitor {
    private static final String NAME = "kdamond";
    private static final int COMM_TO_UTIME = 12;
    private static final double NANOS_A_TICK = 1e7; // USER_HZ is 100: proc(5)

    private final List<Path> threads = new ArrayList<>();

    public AccessMonitor() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                Path name = process.resolve("comm");
                if (Files.exists(name) && Files.readAllLines(name).get(0).startsWith(NAME)) {
                    threads.add(process.resolve("stat"));
                }
            }
        }
    }

    public boolean exists() {
        return !threads.isEmpty();
    }

    /** Processor time that it has used so far. */
    public double nanos() throws IOException {
        double ticks = 0;
        for (Path thread : threads) {
            String stat = Files.readString(thread);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[COMM_TO_UTIME - 1]) + Long.parseLong(fields[COMM_TO_UTIME]);
        }
        return ticks * NANOS_A_TICK;
    }
}
