package forkd.launcher.freeze;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.SpawnRequest;
import forkd.posix.ThreadImage;
import forkd.posix.WaitStatus;
import forkd.zygote.SelfTest;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Makes stems: starts a zygote, waits until it is warm and quiet, captures its threads, has the stem split off, ends the first
 * process and proves the stem by a worker that tests itself. The steps, with both sides, are drawn in
 * {@link forkd.zygote.ZygoteMain}. Blocks for the whole time; one thread at a time.
 */
public final class StemFactory {
    private static final int TRIES = 3;
    /** A handler's warm-up may take its time. */
    private static final Duration WARM_UP = Duration.ofMinutes(5);

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final long BETWEEN_TRIES_MILLIS = 10;

    private final ZygoteCommand command;
    private final ChildWatch children;
    private final Consumer<String> retries;
    private boolean hugePages;

    /**
     * @param hugePages whether stems are moved into huge pages, where the machine has them
     * @param retries is told of tries that failed and are repeated, on the thread that makes
     */
    public StemFactory(ZygoteCommand command, boolean hugePages, ChildWatch children, Consumer<String> retries) {
        this.command = command;
        this.hugePages = hugePages;
        this.retries = retries;
        this.children = children;
    }

    /**
     * A new stem, which the caller owns.
     *
     * @throws FreezeException where there is none after several tries; or after one, where the handler itself failed
     */
    public FrozenStem make() throws IOException, InterruptedException {
        for (int i = 1; ; i++) {
            try {
                return tryToMake();
            } catch (FreezeException e) {
                if (!e.isPassing() || i == TRIES) {
                    throw e;
                }
                retries.accept(e.getMessage() + "; trying again");
            }
        }
    }

    private FrozenStem tryToMake() throws IOException, InterruptedException {
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET)) {
            CompletableFuture<WaitStatus> end = new CompletableFuture<>();
            int zygote = start(control.second(), queue.second(), end);
            control.second().close();
            queue.second().close();
            try {
                FrozenStem stem = split(zygote, control.first(), queue.first(), end);
                // The pair closes its ends behind this block; the stem's owner gets copies.
                return new FrozenStem(
                        stem.pid(),
                        Posix.duplicate(stem.control().number()),
                        Posix.duplicate(stem.queue().number()),
                        stem.threads(),
                        stem.tidOffset(),
                        stem.early());
            } finally {
                if (!end.isDone()) {
                    Posix.kill(zygote, Signal.SIGKILL);
                }
            }
        }
    }

    private int start(Fd control, Fd queue, CompletableFuture<WaitStatus> end) throws ErrnoException {
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
            children.adopt(pid, end::complete);
            return pid;
        } catch (ErrnoException e) {
            children.forget();
            throw e;
        }
    }

    private FrozenStem split(int zygote, Fd controlFd, Fd queue, CompletableFuture<WaitStatus> end)
            throws IOException, InterruptedException {
        ControlSocket control = new ControlSocket(controlFd);
        control.await(ZygoteProtocol.READY, "the zygote's warm-up", WARM_UP);
        int tidOffset = (int) control.id();
        Freezer freezer = new Freezer(zygote, control.number());
        int stem = freezeAndSplit(zygote, freezer, control);
        end(zygote, end);
        markAbsent(stem, freezer.captured(), tidOffset);
        control.send(ZygoteProtocol.BEGIN);
        FrozenStem frozen = new FrozenStem(stem, controlFd, queue, freezer.captured(), tidOffset, new EarlyNeed());
        prove(control);
        rebuild(frozen, control);
        return frozen;
    }

    /**
     * The stem has been proven; it is proven again with its memory in huge pages. If that fails it is for every stem of this
     * zygote as it is for this one, so the next ones stay as they are.
     */
    private void rebuild(FrozenStem stem, ControlSocket control) throws IOException, InterruptedException {
        if (!hugePages) {
            return;
        }
        try {
            if (new StemRebuild(stem.pid(), stem.threads(), children).run()) {
                prove(control);
            }
        } catch (IOException e) {
            hugePages = false;
            throw new FreezeException(
                    "the stem's memory cannot be moved into huge pages: " + e.getMessage(),
                    FreezeException.Cause.PASSING);
        }
    }

    private int freezeAndSplit(int zygote, Freezer freezer, ControlSocket control)
            throws IOException, InterruptedException {
        Patience patience = new Patience(System.nanoTime());
        int[] stem = {0};
        while (stem[0] == 0) {
            children.withoutReaping(zygote, () -> {
                try {
                    if (freezer.freeze()) {
                        stem[0] = split(freezer, control);
                        freezer.release();
                    }
                } catch (ErrnoException e) {
                    if (e.errno() == Errno.EPERM) {
                        throw new FreezeException(
                                "tracing the zygote is not allowed: " + e.getMessage(), FreezeException.Cause.LASTING);
                    }
                    throw e;
                }
            });
            if (stem[0] == 0) {
                Optional<Duration> over = patience.isOver(freezer.busyThreads(), System.nanoTime());
                if (over.isPresent()) {
                    throw new FreezeException(
                            "the zygote's threads do not come to rest within "
                                    + over.get().toSeconds() + " s; " + freezer.busy(),
                            FreezeException.Cause.LASTING);
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
            }
        }
        return stem[0];
    }

    /** While all threads stand still. */
    private int split(Freezer freezer, ControlSocket control) throws IOException {
        for (CapturedThread thread : freezer.captured()) {
            control.send(
                    ZygoteProtocol.THREAD, 0, thread.name(), thread.registers().toBytes());
        }
        children.expect();
        try {
            control.send(ZygoteProtocol.SPLIT);
            control.await(ZygoteProtocol.STEM, "the split", STEP);
        } catch (IOException e) {
            children.forget();
            throw e;
        }
        int stem = control.number();
        children.adopt(stem, status -> {});
        return stem;
    }

    /** The first process has done its part. The stem must not begin before it is gone: both would read the same socket. */
    private static void end(int zygote, CompletableFuture<WaitStatus> end) throws IOException, InterruptedException {
        Posix.kill(zygote, Signal.SIGKILL);
        await(end, "the end of the first process");
    }

    /**
     * The stem has the threads' stacks and no threads. Their ids in the C library's descriptors say so from here on, to the
     * library itself and to whoever revives a thread in a worker.
     */
    private static void markAbsent(int stem, List<CapturedThread> threads, int tidOffset) throws IOException {
        try (ProcessMemory memory = new ProcessMemory(stem)) {
            for (CapturedThread thread : threads) {
                memory.putInt(thread.idAddress(tidOffset), ThreadImage.ABSENT);
            }
        }
    }

    private void prove(ControlSocket control) throws IOException, InterruptedException {
        CompletableFuture<WaitStatus> end = new CompletableFuture<>();
        children.expect();
        try {
            control.send(ZygoteProtocol.SELF_TEST, 0, "forkd: worker 0 self-test", new byte[0]);
            control.await(ZygoteProtocol.STARTED, "the self-test's start", STEP);
        } catch (IOException e) {
            children.forget();
            throw e;
        }
        int worker = control.number();
        children.adopt(worker, end::complete);
        WaitStatus status;
        try {
            status = await(end, "the self-test");
        } catch (FreezeException e) {
            Posix.kill(worker, Signal.SIGKILL);
            throw e;
        }
        if (!status.exited() || status.exitCode() != SelfTest.PASSED) {
            throw new FreezeException(
                    "the self-test: the worker ended with " + describe(status), FreezeException.Cause.PASSING);
        }
    }

    private static String describe(WaitStatus status) {
        return status.exited()
                ? "exit status " + status.exitCode()
                : status.signal().name();
    }

    private static WaitStatus await(CompletableFuture<WaitStatus> end, String step)
            throws FreezeException, InterruptedException {
        try {
            return end.get(STEP.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new FreezeException(step + ": not within " + STEP.toSeconds() + " s", FreezeException.Cause.PASSING);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
