package forkd.launcher.freeze;

import forkd.posix.ThreadImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@link ForkSupport} looks at.
 *
 * @param system the kernel's name and version
 * @param architecture as Java calls it
 * @param virtualMachine its name and version
 * @param hasGlibc whether this process runs on the GNU C library
 * @param setcontext whether that has setcontext; only to be asked where it is there at all
 * @param ptraceScope the content of kernel.yama.ptrace_scope, or why there is none
 * @param writableProc whether /proc/PID/mem can be written, as far as the file system goes
 */
record Machine(
        String system,
        String architecture,
        String virtualMachine,
        boolean hasGlibc,
        BooleanSupplier setcontext,
        String ptraceScope,
        boolean writableProc) {
    private static final Path MAPPINGS = Path.of("/proc/self/maps");
    private static final Path MEMORY = Path.of("/proc/self/mem");
    private static final Path YAMA = Path.of("/proc/sys/kernel/yama/ptrace_scope");
    /** The file, and its name before glibc 2.34. */
    private static final Pattern GLIBC = Pattern.compile(".*/libc(\\.so\\.6|-2\\.\\d+\\.so)");

    /** This one. */
    static Machine here() {
        return new Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                isGlibcIn(MAPPINGS),
                ThreadImage::isSupported,
                read(YAMA),
                Files.isWritable(MEMORY));
    }

    /** @param mappings /proc/PID/maps, proc(5) */
    static boolean isGlibcIn(Path mappings) {
        try (Stream<String> lines = Files.lines(mappings)) {
            return lines.anyMatch(line -> GLIBC.matcher(line).matches());
        } catch (IOException e) {
            return false; // without /proc nothing of this works
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file).strip() : "not there";
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
    }
}
