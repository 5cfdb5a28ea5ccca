package forkd.launcher.cli;

import forkd.posix.Landlock;
import forkd.posix.SeccompFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What of the kernel and of the files workers can reach. */
final class SandboxOptions {
    /** What dynamically linked programs and JVMs read on any Linux. */
    private static final List<String> SYSTEM = List.of(
            "/usr",
            "/bin",
            "/sbin",
            "/lib",
            "/lib64",
            "/etc",
            "/sys/devices/system",
            "/sys/fs/cgroup",
            "/dev/random",
            "/dev/urandom");

    /** What they write: their own files in /proc, and what takes everything. */
    private static final List<String> SYSTEM_WRITE = List.of("/proc", "/dev/null", "/dev/zero", "/dev/full");

    @Option(
            names = "--sandbox",
            description = {
                "Workers cannot make the system calls that attacks on a kernel begin with (a seccomp filter), and cannot send"
                        + " signals to other workers, where the kernel can forbid that (Landlock, Linux 6.12)."
            })
    private boolean on;

    @Option(
            names = "--sandbox-read",
            paramLabel = "PATH",
            description = {
                "Workers read no files but those below such paths and what every program needs: /usr, /lib, /etc, /proc, the"
                        + " JDK, the class path (Landlock). May be given several times; implies --sandbox."
            })
    private List<Path> read = List.of();

    @Option(
            names = "--sandbox-write",
            paramLabel = "PATH",
            description = "As --sandbox-read, and there they may write, too. Nowhere else, if one of the two is given.")
    private List<Path> write = List.of();

    boolean isAsked() {
        return on || !read.isEmpty() || !write.isEmpty();
    }

    Optional<SeccompFilter> filter() {
        return isAsked() ? Optional.of(new SeccompFilter()) : Optional.empty();
    }

    /**
     * Rules of Landlock.
     *
     * @throws IllegalArgumentException with one line for the user, where the kernel has none
     */
    Optional<Landlock> landlock(WorkerFiles files) throws IOException {
        int abi = Landlock.abi();
        if (read.isEmpty() && write.isEmpty()) {
            return on && abi >= Landlock.ABI_WITH_SCOPES ? Optional.of(Landlock.scopes()) : Optional.empty();
        }
        if (abi == 0) {
            throw new IllegalArgumentException(
                    "--sandbox-read and --sandbox-write need Landlock, which this kernel does not have or has switched off");
        }
        List<String> mayRead = new ArrayList<>(SYSTEM);
        mayRead.addAll(files.execute());
        mayRead.addAll(files.read());
        mayRead.addAll(files.folders());
        mayRead.removeIf(path -> !Files.exists(Path.of(path)));
        read.forEach(path -> mayRead.add(path.toString()));
        List<String> mayWrite = new ArrayList<>(SYSTEM_WRITE);
        write.forEach(path -> mayWrite.add(path.toString()));
        return Optional.of(Landlock.files(mayRead, mayWrite));
    }

    /** What --sandbox does not do on this kernel. */
    Optional<String> warning() {
        return isAsked() && Landlock.abi() < Landlock.ABI_WITH_SCOPES
                ? Optional.of("this kernel's Landlock does not keep signals inside: workers can signal each other")
                : Optional.empty();
    }
}
