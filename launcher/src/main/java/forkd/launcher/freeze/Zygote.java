package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.Posix;
import forkd.posix.ProcessState;
import forkd.posix.Signal;
import forkd.posix.SpawnRequest;
import forkd.posix.WaitStatus;
import forkd.zygote.ZygoteProtocol;
import java.util.List;
import java.util.Optional;

/** A zygote as a process: its start, and its end, which may come at any moment (kill -9, no memory). Used on one thread. */
final class Zygote implements AutoCloseable {
    private final int pid;
    private final ChildWatch children;
    private final ChildEnd end;

    private Zygote(int pid, ChildWatch children, ChildEnd end) {
        this.pid = pid;
        this.children = children;
        this.end = end;
    }

    /** Starts it. Both sockets stay the caller's. */
    static Zygote start(ZygoteCommand command, ChildWatch children, Fd control, Fd queue) throws ErrnoException {
        ChildEnd end = new ChildEnd();
        children.expect();
        try (Fd nothing = Posix.open("/dev/null")) {
            int pid = Posix.spawn(new SpawnRequest(
                    command.path(),
                    command.argv(),
                    command.environment(),
                    List.of(
                            new Inherited(nothing, Fd.STDIN),
                            new Inherited(nothing, Fd.STDOUT),
                            new Inherited(control, ZygoteProtocol.CONTROL_FD),
                            new Inherited(queue, ZygoteProtocol.QUEUE_FD)),
                    command.confinement()));
            children.adopt(pid, end::tell);
            return new Zygote(pid, children, end);
        } catch (ErrnoException e) {
            children.forget();
            throw e;
        }
    }

    int pid() {
        return pid;
    }

    /** Whether it has ended by itself; it may not have been reaped. */
    boolean hasEnded() {
        return ProcessState.hasEnded(pid);
    }

    /**
     * Why it has ended before it could be split, when it has.
     *
     * @param step what it was doing
     */
    FreezeException endedIn(String step) throws FreezeException, InterruptedException {
        return new FreezeException(
                step + ": the zygote has ended: " + ChildEnd.describe(end.await("the end of the zygote")),
                FreezeException.Cause.PASSING);
    }

    /**
     * Why it has ended before it was ready, when it has. The kernel kills by a signal, and another try may go well. An exit is
     * the JVM's, which does not take its options, or else the handler's.
     */
    FreezeException endedInWarmUp(ZygoteCommand command) throws ErrnoException, FreezeException, InterruptedException {
        WaitStatus status = end.await("the end of the zygote");
        if (!status.exited()) {
            return endedIn("the warm-up");
        }
        Optional<String> refusal = new OptionCheck(command, children).refusal();
        if (refusal.isPresent()) {
            return new FreezeException(
                    "the JVM does not take a zygote's options: " + refusal.get(), FreezeException.Cause.LASTING);
        }
        return new FreezeException(
                "the zygote's warm-up: the process has ended with " + ChildEnd.describe(status)
                        + "; does the handler's warm-up call System.exit?",
                FreezeException.Cause.HANDLER);
    }

    /** Ends it, and waits until it is gone. */
    void end() throws ErrnoException, FreezeException, InterruptedException {
        close();
        end.await("the end of the first process");
    }

    /** Ends it, if it has not ended. */
    @Override
    public void close() throws ErrnoException {
        children.signal(pid, Signal.SIGKILL);
    }
}
