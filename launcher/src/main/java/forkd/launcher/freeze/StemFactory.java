package forkd.launcher.freeze;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.Signal;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.ThreadImage;
import forkd.posix.WaitStatus;
import forkd.zygote.SelfTest;
import forkd.zygote.YoungRoom;
import forkd.zygote.ZygoteProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes stems: starts a zygote, waits until it is warm and quiet, captures its threads, has the stem split off, ends the first
 * process, moves the stem's memory into huge pages, and proves it by a worker that tests itself. The steps, with both sides, are drawn in
 * {@link forkd.zygote.ZygoteMain}. Blocks for the whole time; one thread at a time.
 */
public final class StemFactory {
    private static final int TRIES = 3;
    /** A system that is out of something may have it again. */
    private static final long BETWEEN_TRIES_MILLIS = 100;
    /** A handler's warm-up may take its time. */
    private static final Duration WARM_UP = Duration.ofMinutes(5);

    private static final Duration STEP = Duration.ofSeconds(10);
    private static final long BETWEEN_FREEZES_MILLIS = 10;

    private final ZygoteCommand command;
    private final boolean hugePages;
    private final ChildWatch children;
    private final Consumer<String> retries;
    /** Of the stem that is being made: not when a try with huge pages has failed. The next stem may have better luck. */
    private boolean rebuilds;

    private boolean practised;

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
     * @throws FreezeException where there is none after several tries; or after one, where the next would fail like it
     * @throws ErrnoException where not even a zygote can be started: no other JVM could
     */
    public FrozenStem make() throws IOException, InterruptedException {
        rebuilds = hugePages;
        for (int i = 1; ; i++) {
            try {
                return tryToMake();
            } catch (IOException e) {
                if (!FreezeException.isPassing(e) || i == TRIES) {
                    throw e;
                }
                retries.accept(e.getMessage() + "; trying again");
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
        }
    }

    private FrozenStem tryToMake() throws IOException, InterruptedException {
        try (SocketPair control = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                SocketPair queue = Sockets.socketpair(SocketType.SOCK_SEQPACKET);
                Zygote zygote = Zygote.start(command, children, control.second(), queue.second())) {
            control.second().close();
            queue.second().close();
            try {
                practise();
                // The pairs close their ends behind this block.
                return split(zygote, control.first(), queue.first()).withOwnSockets();
            } catch (IOException e) {
                throw FreezeException.of(e);
            }
        }
    }

    /** Once, while the first zygote gets warm. What fails here fails with the stem, too, and is told then. */
    private void practise() {
        if (hugePages && !practised) {
            practised = true;
            try {
                StemRebuild.practise(Posix.getpid());
            } catch (IOException e) {
                return;
            }
        }
    }

    private FrozenStem split(Zygote zygote, Fd controlFd, Fd queue) throws IOException, InterruptedException {
        ControlSocket control = new ControlSocket(controlFd);
        if (!control.await(ZygoteProtocol.READY, "the zygote's warm-up", WARM_UP)) {
            throw zygote.endedInWarmUp(command);
        }
        int tidOffset = (int) control.id();
        Freezer freezer = new Freezer(zygote.pid(), control.number());
        int stem = freezeAndSplit(zygote, freezer, control);
        long requests = control.id();
        YoungRoom room = YoungRoom.parse(control.text());
        // Before the stem gets its first request: until then the first process has the same socket.
        zygote.end();
        markAbsent(stem, freezer.captured(), tidOffset);
        FrozenStem frozen =
                new FrozenStem(stem, controlFd, queue, requests, freezer.captured(), tidOffset, new EarlyNeed());
        Duration proof = ProofTime.of(stem);
        FrozenStem rebuilt = rebuild(frozen, room);
        try {
            prove(control, proof);
        } catch (FreezeException e) {
            rebuilds = false; // it may have been that
            throw e;
        }
        return rebuilt;
    }

    private FrozenStem rebuild(FrozenStem stem, YoungRoom room) throws IOException, InterruptedException {
        if (!rebuilds) {
            return stem;
        }
        try {
            return new StemRebuild(stem.pid(), stem.threads(), room, children)
                    .run()
                    .map(stem::with)
                    .orElse(stem);
        } catch (IOException e) {
            rebuilds = false;
            throw new FreezeException(
                    "the stem's memory cannot be moved into huge pages: " + e.getMessage(),
                    FreezeException.Cause.PASSING);
        }
    }

    private int freezeAndSplit(Zygote zygote, Freezer freezer, ControlSocket control)
            throws IOException, InterruptedException {
        Patience patience = new Patience(System.nanoTime());
        int[] stem = {0};
        while (stem[0] == 0) {
            try {
                children.withoutReaping(
                        zygote.pid(), () -> freezer.freeze(() -> stem[0] = split(freezer.captured(), control)));
            } catch (IOException e) {
                if (zygote.hasEnded()) {
                    throw zygote.endedIn("the split");
                }
                throw e;
            }
            if (stem[0] == 0) {
                if (zygote.hasEnded()) {
                    throw zygote.endedIn("the split");
                }
                Optional<Duration> over = patience.isOver(freezer.busyThreads(), System.nanoTime());
                if (over.isPresent()) {
                    throw new FreezeException(
                            "the zygote's threads do not come to rest within "
                                    + over.get().toSeconds() + " s; " + freezer.busy(),
                            FreezeException.Cause.LASTING);
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_FREEZES_MILLIS);
            }
        }
        return stem[0];
    }

    /** While all threads stand still. */
    private int split(List<CapturedThread> threads, ControlSocket control) throws IOException {
        for (CapturedThread thread : threads) {
            control.send(
                    ZygoteProtocol.THREAD, 0, thread.name(), thread.registers().toBytes());
        }
        children.expect();
        try {
            control.send(ZygoteProtocol.SPLIT);
            control.expect(ZygoteProtocol.STEM, "the split", STEP);
        } catch (IOException e) {
            children.forget();
            throw e;
        }
        int stem = control.number();
        children.adopt(stem, status -> {});
        return stem;
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

    private void prove(ControlSocket control, Duration most) throws IOException, InterruptedException {
        ChildEnd end = new ChildEnd();
        children.expect();
        try {
            control.send(ZygoteProtocol.SELF_TEST, 0, "forkd: worker 0 self-test", new byte[0]);
            control.expect(ZygoteProtocol.STARTED, "the self-test's start", STEP);
        } catch (IOException e) {
            children.forget();
            throw e;
        }
        int worker = control.number();
        children.adopt(worker, end::tell);
        WaitStatus status;
        try {
            status = end.await("the self-test", most);
        } catch (FreezeException e) {
            children.signal(worker, Signal.SIGKILL);
            throw e;
        }
        if (!status.exited() || status.exitCode() != SelfTest.PASSED) {
            throw new FreezeException(
                    "the self-test: the worker ended with " + ChildEnd.describe(status), FreezeException.Cause.PASSING);
        }
    }
}
