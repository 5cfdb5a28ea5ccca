package forkd.launcher.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The memory of a process, in megabytes: what fork(2) has to copy.
 *
 * @param pageTables of the process; fork writes such for the child
 * @param anonymous memory; its page tables are copied, those of files are not
 * @param huge of the anonymous memory, what is in huge pages: one entry instead of 512
 * @param mappings of the process, which fork copies one by one
 */
public record ProcessMemory(double pageTables, double anonymous, double huge, long mappings) {
    private static final double KILO = 1024;

    /** Reads /proc/PID. */
    public static ProcessMemory of(long pid) throws IOException {
        Path folder = Path.of("/proc/" + pid);
        try (Stream<String> maps = Files.lines(folder.resolve("maps"))) {
            return new ProcessMemory(
                    megabytes(folder.resolve("status"), "VmPTE"),
                    megabytes(folder.resolve("smaps_rollup"), "Anonymous"),
                    megabytes(folder.resolve("smaps_rollup"), "AnonHugePages"),
                    maps.count());
        }
    }

    /** The proportional share of some workers of the server, evenly chosen. */
    public static List<Double> pssOfWorkers(ProcessHandle server, int samples) throws IOException {
        List<ProcessHandle> children = server.children().toList();
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < children.size() && shares.size() < samples; i += Math.max(1, children.size() / samples)) {
            long pid = children.get(i).pid();
            String name = name(pid);
            if (!name.startsWith("forkd: s")) { // stem and spares
                shares.add(megabytes(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss"));
            }
        }
        return shares;
    }

    /** What programs could still get. */
    public static double availableMegabytes() throws IOException {
        return megabytes(Path.of("/proc/meminfo"), "MemAvailable");
    }

    /** So many processes and threads the machine can have. */
    public static int mostProcesses() throws IOException {
        // By lines: Files.readString reads one byte first, and a file of sysctl(5) has nothing to say to a second read.
        return Integer.parseInt(
                Files.readAllLines(Path.of("/proc/sys/kernel/pid_max")).get(0).strip());
    }

    /** Empty if it has ended. */
    static String name(long pid) throws IOException {
        Path file = Path.of("/proc/" + pid + "/comm");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            if (Files.exists(file)) {
                throw e;
            }
            return "";
        }
    }

    private static double megabytes(Path file, String key) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key + ":"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KILO)
                    .findFirst()
                    .orElse(0);
        }
    }
}
