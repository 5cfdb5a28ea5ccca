package forkd.launcher.freeze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the kernel gives out huge pages, and has memory for them. */
final class HugePages {
    private static final Path ENABLED = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final long KIBIBYTE = 1024;

    private HugePages() {}

    /** Whether a process may ask for them: transparent_hugepage is {@code always} or {@code madvise}. */
    static boolean areEnabled() throws IOException {
        return Files.exists(ENABLED) && !isNever(Files.readString(ENABLED));
    }

    /** @param text such as {@code always [madvise] never} */
    static boolean isNever(String text) {
        return text.contains("[never]");
    }

    /** How many bytes can be had without pressing anybody. */
    static long availableBytes() throws IOException {
        return availableBytes(Files.readString(MEMORY));
    }

    /** @param text /proc/meminfo, proc(5) */
    static long availableBytes(String text) {
        return text.lines()
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> line.split(" +", 3)[1])
                .mapToLong(kibibytes -> Long.parseLong(kibibytes) * KIBIBYTE)
                .findFirst()
                .orElse(0);
    }
}
