package forkd.launcher.bench.report;

import forkd.launcher.bench.server.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a number depends on beside the programs. */
public final class Machine {
    private Machine() {}

    /** The facts. */
    public static Map<String, String> facts(Path project) throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("processor", line("/proc/cpuinfo", "model name"));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("memory", line("/proc/meminfo", "MemTotal"));
        facts.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        facts.put("huge pages", firstLine("/sys/kernel/mm/transparent_hugepage/enabled"));
        facts.put("huge pages, defrag", firstLine("/sys/kernel/mm/transparent_hugepage/defrag"));
        facts.put("overcommit", firstLine("/proc/sys/vm/overcommit_memory"));
        facts.put("pid_max", firstLine("/proc/sys/kernel/pid_max"));
        facts.put("somaxconn", firstLine("/proc/sys/net/core/somaxconn"));
        facts.put("gcc", Programs.output(List.of("gcc", "-dumpfullversion")));
        facts.put("revision", revision(project));
        return facts;
    }

    /** The commit, or nothing where this is no clone. */
    private static String revision(Path project) throws InterruptedException {
        try {
            return Programs.output(List.of("git", "-C", project.toString(), "describe", "--always", "--dirty"));
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        }
    }

    private static String firstLine(String file) throws IOException {
        return Files.exists(Path.of(file))
                ? Files.readAllLines(Path.of(file)).get(0).strip()
                : "not there";
    }

    private static String line(String file, String key) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        }
    }
}
