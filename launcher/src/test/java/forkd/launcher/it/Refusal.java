package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Commands under which one system call fails, as in a container that forbids it: {@code refuse.c}, by seccomp(2). x86_64. */
final class Refusal {
    private static final int PTRACE = 101;
    private static final int MREMAP = 25;
    private static final int FLAGS_OF_MREMAP = 3;
    private static final int MAYMOVE_AND_FIXED = 3;
    private static final int CLONE = 56;
    /** VM FS FILES SIGHAND THREAD SYSVSEM SETTLS PARENT_SETTID. */
    private static final int REVIVAL = 0x1d0f00;

    private static final int WAIT4 = 61;
    private static final int OPTIONS_OF_WAIT4 = 2;
    private static final int WNOHANG = 1;

    private static final int CLONE3 = 435;

    private static final int ANY = -1;

    private static Path program;

    private Refusal() {}

    /** Every ptrace(2) fails. */
    static List<String> ofPtrace(Errno errno) throws Exception {
        return command(PTRACE, ANY, 0, errno);
    }

    /** Memory cannot be moved to a given place. malloc, which lets the kernel choose, does not notice. */
    static List<String> ofMoves(Errno errno) throws Exception {
        return command(MREMAP, FLAGS_OF_MREMAP, MAYMOVE_AND_FIXED, errno);
    }

    /** The VM's threads cannot be revived; those that a JVM makes have other flags, and so do processes. */
    static List<String> ofRevival(Errno errno) throws Exception {
        return command(CLONE, 0, REVIVAL, errno);
    }

    /** Ended children cannot be reaped; a shell asks in other ways. */
    static List<String> ofReaping(Errno errno) throws Exception {
        return command(WAIT4, OPTIONS_OF_WAIT4, WNOHANG, errno);
    }

    /** As in containers whose filter cannot look at its arguments; the C library uses clone(2) then. */
    static List<String> ofClone3() throws Exception {
        return command(CLONE3, ANY, 0, Errno.ENOSYS);
    }

    private static List<String> command(int number, int argument, int value, Errno errno) throws Exception {
        return List.of(
                program().toString(),
                Integer.toString(number),
                Integer.toString(argument),
                Integer.toString(value),
                Integer.toString(errno.number()));
    }

    private static synchronized Path program() throws Exception {
        if (program == null) {
            Path made = Files.createDirectories(Path.of("target", "test-programs"))
                    .resolve("refuse")
                    .toAbsolutePath();
            Commands.Result gcc = Commands.run("gcc", "-Wall", "-Wextra", "-o", made.toString(), "src/test/c/refuse.c");
            assertEquals(0, gcc.exit(), gcc.output());
            program = made;
        }
        return program;
    }
}
