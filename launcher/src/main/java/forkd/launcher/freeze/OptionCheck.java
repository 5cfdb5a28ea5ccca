package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.Pipe;
import forkd.posix.PollSet;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SpawnRequest;
import forkd.posix.WaitStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a JVM takes the options of a zygote: it is started with the same ones, and with {@code -version} in the place of the
 * class. For a zygote that has ended before it said a word, which may be the JVM's doing or the handler's.
 */
final class OptionCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Options end here, and the class path begins. */
    private static final String CLASS_PATH = "-cp";

    private final ZygoteCommand command;
    private final ChildWatch children;

    OptionCheck(ZygoteCommand command, ChildWatch children) {
        this.command = command;
        this.children = children;
    }

    /** The first line of what the JVM says to options that it does not take; empty where it takes them. Blocks for its start. */
    Optional<String> refusal() throws ErrnoException, FreezeException, InterruptedException {
        ChildEnd end = new ChildEnd();
        try (Pipe output = Posix.pipe()) {
            int pid = start(output.writeEnd(), end);
            output.writeEnd().close();
            String said = readAll(pid, output.readEnd());
            WaitStatus status = end.await("the JVM's answer to its options");
            return status.exited() && status.exitCode() == 0
                    ? Optional.empty()
                    : Optional.of(said.lines().findFirst().orElse(ChildEnd.describe(status)));
        }
    }

    private int start(Fd output, ChildEnd end) throws ErrnoException {
        List<String> argv =
                new ArrayList<>(command.argv().subList(0, command.argv().lastIndexOf(CLASS_PATH)));
        argv.add("-version");
        children.expect();
        try (Fd nothing = Posix.open("/dev/null")) {
            int pid = Posix.spawn(new SpawnRequest(
                    command.path(),
                    argv,
                    command.environment(),
                    List.of(
                            new Inherited(nothing, Fd.STDIN),
                            new Inherited(output, Fd.STDOUT),
                            new Inherited(output, Fd.STDERR)),
                    command.confinement()));
            children.adopt(pid, end::tell);
            return pid;
        } catch (ErrnoException e) {
            children.forget();
            throw e;
        }
    }

    /** Until the end of file, or until it has taken too long. */
    private String readAll(int pid, Fd output) throws ErrnoException {
        StringBuilder said = new StringBuilder();
        byte[] buffer = new byte[1024];
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        PollSet poll = new PollSet(1);
        poll.add(output);
        while (true) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative()) {
                children.signal(pid, Signal.SIGKILL);
                return said.toString();
            }
            if (poll.await(left.plusMillis(1))) {
                int n = Posix.read(output, buffer, 0, buffer.length);
                if (n < 0) {
                    return said.toString();
                }
                said.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        }
    }
}
