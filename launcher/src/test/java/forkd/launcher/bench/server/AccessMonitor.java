package forkd.launcher.bench.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * DAMON, the kernel's monitor of memory accesses, where somebody has turned it on. For each page that it samples it walks through all
 * processes that have the page, and holds a lock meanwhile that a fork needs. Beside ten thousand processes it takes a good part of a
 * machine, at times that nobody knows.
 */
public final class AccessMonitor {
    private static final String NAME = "kdamond";

    private final List<ProcessHandle> threads = new ArrayList<>();

    public AccessMonitor() throws IOException {
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            if (ProcessMemory.name(process.pid()).startsWith(NAME)) {
                threads.add(process);
            }
        }
    }

    public boolean exists() {
        return !threads.isEmpty();
    }

    /** Processor time that it has used so far. */
    public Duration used() {
        return threads.stream()
                .flatMap(thread -> thread.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }
}
