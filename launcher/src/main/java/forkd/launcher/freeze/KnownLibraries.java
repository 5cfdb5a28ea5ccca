package forkd.launcher.freeze;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The libraries of which it is known how they treat memory that they took from the kernel: the JDK's, those that it needs of the
 * system's, and JNR's. Of others nobody knows; an allocator such as jemalloc is one.
 */
final class KnownLibraries {
    private static final String JVM = "libjvm.so";

    /** The start of a file's name, up to its version. */
    private static final Set<String> SYSTEM = Set.of(
            "libc.",
            "ld-linux",
            "libm.",
            "libdl.",
            "libpthread.",
            "librt.",
            "libresolv.",
            "libnss_files.",
            "libnss_dns.",
            "libgcc_s.",
            "libstdc++.",
            "libz.",
            "libjffi");

    private KnownLibraries() {}

    /** Whether all code of a process that comes from files is a JVM's and theirs. */
    static boolean areAll(List<Mapping> mappings) {
        List<Path> code = mappings.stream()
                .filter(mapping -> mapping.isExecutable() && mapping.isOfFile())
                .map(mapping -> Path.of(mapping.name()))
                .toList();
        Optional<Path> home = code.stream()
                .filter(file -> file.endsWith(JVM))
                .findFirst()
                .map(jvm -> jvm.resolve("../../..").normalize()); // from lib/server/libjvm.so
        return home.isPresent() && code.stream().allMatch(file -> file.startsWith(home.get()) || isSystems(file));
    }

    private static boolean isSystems(Path file) {
        String name = String.valueOf(file.getFileName());
        return SYSTEM.stream().anyMatch(name::startsWith);
    }
}
