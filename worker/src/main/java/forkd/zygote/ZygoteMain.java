package forkd.zygote;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.ProcessTitle;
import forkd.posix.RawFork;
import forkd.posix.SignalDomain;
import forkd.posix.ThreadImage;
import forkd.posix.TitleArea;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHooks;
import forkd.worker.HandlerException;
import forkd.worker.WorkerContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The zygote: an ordinary JVM that loads the handler, warms it, and then is split. The launcher starts it with the control
 * socket on descriptor {@value ZygoteProtocol#CONTROL_FD} and the queue of the spares on {@value ZygoteProtocol#QUEUE_FD}.
 *
 * <p>The split, seen from all three sides:
 *
 * <pre>
 *   launcher                         zygote, main thread              its other threads
 *                                    warm-up, System.gc
 *                       ◀── READY    waits for a packet               compile, then wait (futex)
 *   stops and captures ───────────────────────────────────────────▶   stopped
 *   THREAD, THREAD, SPLIT ──▶        prepares the images, notes the open files
 *                                    fork ─────────▶ stem             (not in the stem: one thread)
 *                       ◀── STEM     waits for its end
 *   lets go, SIGKILL ──────────────▶ ends                             end
 *   a first request ───────────────▶ the stem forks
 * </pre>
 *
 * The first process does not read the socket any more, which is the stem's from the split on.
 */
public final class ZygoteMain {
    private static final String ZYGOTE_NAME = "forkd: zygote";
    private static final String SPARE_NAME = "forkd: spare";
    private static final String STEM_NAME = "forkd: stem";

    private final Fd control = new Fd(ZygoteProtocol.CONTROL_FD);
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);

    private ZygoteMain() {}

    /**
     * Never returns.
     *
     * @param args the handler's name; how often to run it for its warm-up; optionally a file with the input for that
     */
    public static void main(String[] args) {
        YoungGeneration.watch();
        DefaultGenerator.nameSourcePlainly();
        // Descriptor 1 will be the client in every worker, and it is /dev/null now.
        System.setOut(System.err);
        ZygoteMain zygote = new ZygoteMain();
        try {
            Randomness.runWithSeedsTogether(
                    () -> zygote.run(args[0], Integer.parseInt(args[1]), args.length > 2 ? args[2] : null));
        } catch (HandlerException e) {
            zygote.end(ZygoteProtocol.FAILED, e.getMessage());
        } catch (UnforkableException e) {
            zygote.end(ZygoteProtocol.UNFIT, e.getMessage());
        } catch (Throwable e) { // a handler's warm-up may throw anything, and the user wants to know where
            e.printStackTrace();
            zygote.end(ZygoteProtocol.FAILED, "the zygote failed: " + e);
        }
    }

    private void run(String handlerName, int warmUps, String inputFile) throws Exception {
        ProcessTitle.trySet(ZYGOTE_NAME, ZYGOTE_NAME + " " + handlerName);
        Environment environment = Environment.takeOver();
        if (Boolean.getBoolean(WorkerContract.HIDDEN)) {
            Posix.hideFromItsUser(); // and so are all forks of it
        }
        DefaultGenerator.check();
        RawFork fork = RawFork.ofCurrentThread();
        ThreadRevival threads = new ThreadRevival();
        WorkerEnd end = new WorkerEnd(threads::reviveForExit);
        MainThreadBytes bytes = MainThreadBytes.ofForks();
        WarmUp warmUp = new WarmUp(handlerName, warmUps, inputFile, environment, bytes);
        ConnectionHandler handler = warmUp.run();
        runBeforeFork();
        end.settle();
        DefaultGenerator.check(); // before the JDK makes objects of it for itself
        Repair repair = new Repair();
        ForkedWorker worker = new ForkedWorker(
                fork,
                threads,
                Boolean.getBoolean(WorkerContract.OWN_DOMAIN) ? SignalDomain.prepare() : SignalDomain.none(),
                new TitleArea(WorkerContract.PROCESS_NAME),
                title(SPARE_NAME + " " + handlerName),
                repair,
                environment,
                end,
                new ForkedWorker.Part(ZygoteProtocol.CONTROL_FD, ZygoteProtocol.QUEUE_FD, handler, true, false));
        Stem stem = new Stem(fork, ZygoteProtocol.CONTROL_FD);
        TitleArea title = new TitleArea(STEM_NAME);
        PacketBuffer stemTitle = title(STEM_NAME + " " + handlerName);
        Rehearsal rehearsal = new Rehearsal(worker, environment, fork);
        FreeRoom room = rehearsal.run(() -> {
            warmUp.again();
            bytes.practise();
            repair.findAgain();
        });
        // Not by ProcessTitle: a hidden process cannot open its own memory.
        PacketBuffer ownTitle = title(ZYGOTE_NAME + " " + handlerName);
        new TitleArea(ZYGOTE_NAME).write(ownTitle, ZygoteProtocol.TEXT, ownTitle.getInt(ZygoteProtocol.TEXT_LENGTH));

        room.now().text(); // whatever this needs is there when it is asked in the split
        packet.putLong(ZygoteProtocol.ID, fork.tidOffset());
        send(ZygoteProtocol.READY, fork.pid(), "");
        awaitSplit(threads, fork);
        repair.findLast();
        YoungRoom free = room.now(); // by the only thread, and the last that it makes
        int pid = fork.fork();
        if (pid < 0) {
            throw new ErrnoException("fork", forkd.posix.Errno.of(fork.errno()));
        }
        if (pid > 0) {
            packet.putLong(ZygoteProtocol.ID, stem.requestAddress());
            send(ZygoteProtocol.STEM, pid, free.text());
            RawFork.awaitSignal(); // the launcher ends this process
        }
        // From here on this is the stem: nothing may be allocated, loaded or waited for that was not rehearsed.
        environment.expect(stem.requestAddress());
        title.write(stemTitle, ZygoteProtocol.TEXT, stemTitle.getInt(ZygoteProtocol.TEXT_LENGTH));
        stem.run(worker);
    }

    private static void runBeforeFork() throws HandlerException {
        try {
            ForkHooks.runBeforeFork();
        } catch (Exception | Error e) {
            e.printStackTrace();
            throw new HandlerException("a hook's beforeFork failed: " + e, e);
        }
    }

    private static PacketBuffer title(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        PacketBuffer packet = new PacketBuffer(ZygoteProtocol.TEXT + bytes.length, 0);
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, bytes.length);
        packet.putBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        return packet;
    }

    private void awaitSplit(ThreadRevival threads, RawFork fork) throws IOException {
        while (true) {
            if (packet.receive(control) == 0) {
                RawFork.exit(0); // the launcher is gone
            }
            byte type = packet.getByte(ZygoteProtocol.TYPE);
            if (type == ZygoteProtocol.LEAVE) {
                System.exit(0);
            }
            if (type == ZygoteProtocol.SPLIT) {
                break;
            }
            byte[] registers = new byte[ThreadImage.REGISTERS_BYTES];
            packet.getBytes(ZygoteProtocol.REGISTERS, registers, 0, registers.length);
            threads.add(new ThreadImage(text(), registers, fork));
        }
        if (!threads.isComplete()) {
            throw new IllegalStateException("the VM's threads do not have the names that they are known by");
        }
    }

    private String text() {
        byte[] bytes = new byte[packet.getInt(ZygoteProtocol.TEXT_LENGTH)];
        packet.getBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void send(byte type, int number, String text) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes = Arrays.copyOf(bytes, Math.min(bytes.length, ZygoteProtocol.MAX_TEXT_BYTES));
        packet.putByte(ZygoteProtocol.TYPE, type);
        packet.putInt(ZygoteProtocol.NUMBER, number);
        packet.putInt(ZygoteProtocol.TEXT_LENGTH, bytes.length);
        packet.putBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        packet.send(control, ZygoteProtocol.TEXT + bytes.length, List.of());
    }

    private void end(byte type, String message) {
        try {
            send(type, 0, message);
        } catch (ErrnoException e) {
            System.err.println("forkd zygote: " + message);
        }
        RawFork.exit(1);
    }
}
