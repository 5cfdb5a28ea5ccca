package forkd.zygote;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.PlainProcess;
import forkd.posix.PlainSocket;
import forkd.posix.PlainTitle;
import forkd.posix.ProcessTitle;
import forkd.worker.ChannelSource;
import forkd.worker.ConnectionHandler;
import forkd.worker.HandlerException;
import forkd.worker.WorkerContract;
import forkd.worker.WorkerExit;
import forkd.worker.WorkerMain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A worker of the pool: a JVM that was started ahead. It loads and warms its handler, reports that it waits, and is given
 * one connection over the queue, descriptor {@value ZygoteProtocol#QUEUE_FD}, which all workers of the pool share; the
 * packets are those of {@link ZygoteProtocol}. Then it is a worker like any other; where it may serve several connections, it
 * reports the end of each but the last and waits again.
 *
 * <p>Such a JVM is started for each connection, so nothing on this path uses JNR, whose start costs several times what the
 * JVM's own does. Only a warm-up with connections does, and now and then a handler's channel.
 */
public final class PooledWorkerMain {
    private final PlainSocket queue =
            new PlainSocket(ZygoteProtocol.QUEUE_FD, ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);
    private PlainTitle title;

    private PooledWorkerMain() {}

    /**
     * Ends the process.
     *
     * @param args the handler's name; how often to run it for its warm-up; optionally a file with the input for that
     */
    public static void main(String[] args) {
        // Descriptor 1 will be the client, and it is /dev/null now.
        System.setOut(System.err);
        System.exit(new PooledWorkerMain().run(args).code());
    }

    private WorkerExit run(String[] args) {
        try {
            ProcessTitle.set(WorkerContract.PROCESS_NAME, WorkerContract.PROCESS_NAME + " waiting " + args[0]);
            int warmUps = Integer.parseInt(args[1]);
            Environment environment = warmUps > 0 ? Environment.takeOver() : null;
            title = new PlainTitle();
            if (Boolean.getBoolean(WorkerContract.HIDDEN)) {
                PlainProcess.hideFromItsUser();
            }
            ConnectionHandler handler =
                    new WarmUp(args[0], warmUps, args.length > 2 ? args[2] : null, environment).run();
            int most = Integer.getInteger(WorkerContract.CONNECTIONS, 1);
            if (most > 1) {
                return serveSeveral(handler, Turns.of(most, ThreadLocalRandom.current()::nextInt), args[0]);
            }
            report(ZygoteProtocol.IDLE, 0, "");
            return receive() ? serve(handler, AdoptedChannel::open, true) : WorkerExit.HANDLED;
        } catch (HandlerException e) {
            fail(e.getMessage());
            return WorkerExit.BAD_CONTRACT;
        } catch (IOException e) {
            System.err.println("forkd worker: " + e.getMessage());
            return WorkerExit.SYSTEM_CALL_FAILED;
        } catch (Exception | Error e) { // a handler's warm-up may throw anything
            e.printStackTrace();
            fail("the handler's warm-up failed: " + e);
            return WorkerExit.BAD_CONTRACT;
        }
    }

    /** One after the other, as long as all goes well and this worker is wanted. */
    private WorkerExit serveSeveral(ConnectionHandler handler, int turns, String handlerName)
            throws IOException, ReflectiveOperationException {
        byte[] waitingTitle =
                (WorkerContract.PROCESS_NAME + " waiting " + handlerName).getBytes(StandardCharsets.UTF_8);
        PlainProcess.closeOnExec(ZygoteProtocol.QUEUE_FD);
        PlainProcess.closeOnExec(ZygoteProtocol.AGE_FD);
        CleanSlate slate = new CleanSlate();
        report(ZygoteProtocol.IDLE, 0, "");
        for (int left = turns; left > 1; left--) {
            if (!receive()) {
                return WorkerExit.HANDLED;
            }
            WorkerExit exit = serve(handler, slate.channels(), false);
            if (exit != WorkerExit.HANDLED || !slate.isQuiet()) {
                return exit;
            }
            slate.wipe();
            queue.removeEnvironment();
            title.write(waitingTitle);
            // First the report, then the look: a reload between the two is seen, and one before them, too.
            if (!done(queue.getLong(ZygoteProtocol.ID)) || PlainProcess.isHungUp(ZygoteProtocol.AGE_FD)) {
                return WorkerExit.HANDLED;
            }
        }
        if (!receive()) {
            return WorkerExit.HANDLED;
        }
        PlainProcess.close(ZygoteProtocol.AGE_FD);
        return serve(handler, slate.channels(), true);
    }

    /** Blocks. False where the launcher is gone, or does not need this worker any more. */
    private boolean receive() throws IOException {
        try {
            return queue.receive() > 0 && queue.descriptor(ZygoteProtocol.SOCKET) >= 0;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ECONNRESET) {
                return false; // it went without reading all reports
            }
            throw e;
        }
    }

    /** False where the launcher is gone. */
    private boolean done(long id) throws IOException {
        try {
            report(ZygoteProtocol.DONE, id, "");
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
                return false;
            }
            throw e;
        }
    }

    private WorkerExit serve(ConnectionHandler handler, ChannelSource channels, boolean last)
            throws IOException, ReflectiveOperationException {
        int log = queue.descriptor(ZygoteProtocol.LOG);
        if (log >= 0) {
            PlainProcess.dup2(log, WorkerContract.LOG);
            PlainProcess.close(log);
        }
        queue.installEnvironment(queue.getInt(ZygoteProtocol.ENVIRONMENT));
        int connection = queue.descriptor(ZygoteProtocol.SOCKET);
        long id = queue.getLong(ZygoteProtocol.ID);
        // Not by ProcessTitle: a hidden process cannot open its own memory.
        title.write(queue.getBytes(ZygoteProtocol.TEXT, queue.getInt(ZygoteProtocol.TEXT_LENGTH)));
        PlainProcess.dup2(connection, WorkerContract.CONNECTION_IN);
        PlainProcess.dup2(connection, WorkerContract.CONNECTION_OUT);
        PlainProcess.close(connection);
        report(ZygoteProtocol.STARTED, id, "");
        if (last) {
            PlainProcess.close(ZygoteProtocol.QUEUE_FD);
        }
        CachedEnvironment.refresh(id);
        return last ? WorkerMain.serve(handler, id, channels) : WorkerMain.serveOne(handler, id, channels);
    }

    private void report(byte type, long id, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, ZygoteProtocol.MAX_TEXT_BYTES);
        ByteBuffer message = ByteBuffer.allocate(ZygoteProtocol.TEXT + length).order(ByteOrder.nativeOrder());
        message.put(ZygoteProtocol.TYPE, type);
        message.putInt(ZygoteProtocol.NUMBER, PlainProcess.getpid());
        message.putLong(ZygoteProtocol.ID, id);
        message.putInt(ZygoteProtocol.TEXT_LENGTH, length);
        message.position(ZygoteProtocol.TEXT);
        message.put(bytes, 0, length);
        queue.send(message.array());
    }

    private void fail(String message) {
        try {
            report(ZygoteProtocol.FAILED, 0, message);
        } catch (IOException e) {
            System.err.println("forkd worker: " + message);
        }
    }
}
