package forkd.zygote;

import forkd.posix.PlainProcess;
import forkd.posix.PlainTitle;
import forkd.posix.ProcessTitle;
import forkd.worker.ChannelSource;
import forkd.worker.ConnectionHandler;
import forkd.worker.HandlerException;
import forkd.worker.StreamBytes;
import forkd.worker.WorkerContract;
import forkd.worker.WorkerExit;
import forkd.worker.WorkerMain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A worker of the pool: a JVM that was started ahead. It loads and warms its handler, rehearses a
 * connection, reports that it waits, and is given
 * one connection over the queue, descriptor {@value ZygoteProtocol#QUEUE_FD}, which all workers of the pool share; the
 * packets are those of {@link ZygoteProtocol}. Then it is a worker like any other; where it may serve several connections, it
 * reports the end of each but the last and waits again.
 *
 * <p>Such a JVM is started for each connection, so nothing on this path uses JNR, whose start costs several times what the
 * JVM's own does. Only a warm-up with connections does, and now and then a handler's channel.
 */
public final class PooledWorkerMain {
    private PooledWorker worker;
    private CachedEnvironment cached;

    private PooledWorkerMain() {}

    /**
     * Ends the process.
     *
     * @param args the handler's name; how often to run it for its warm-up; optionally a file with the input for that
     */
    public static void main(String[] args) {
        // Descriptor 1 will be the client, and it is /dev/null now.
        System.setOut(System.err);
        PooledEnd.exit(new PooledWorkerMain().run(args).code());
    }

    private WorkerExit run(String[] args) {
        try {
            byte[] waitingTitle =
                    (WorkerContract.PROCESS_NAME + " waiting " + args[0]).getBytes(StandardCharsets.UTF_8);
            ProcessTitle.trySet(WorkerContract.PROCESS_NAME, WorkerContract.PROCESS_NAME + " waiting " + args[0]);
            int warmUps = Integer.parseInt(args[1]);
            Environment environment = warmUps > 0 ? Environment.takeOver() : null;
            PlainTitle title = new PlainTitle();
            worker = new PooledWorker(ZygoteProtocol.QUEUE_FD, title);
            if (Boolean.getBoolean(WorkerContract.HIDDEN)) {
                PlainProcess.hideFromItsUser();
            }
            ConnectionHandler handler = new WarmUp(
                            args[0], warmUps, args.length > 2 ? args[2] : null, environment, StreamBytes.INSTANCE)
                    .run();
            int most = Integer.getInteger(WorkerContract.CONNECTIONS, 1);
            ChannelSource channels = new AdoptedChannel();
            cached = new CachedEnvironment();
            PooledRehearsal.run(title, waitingTitle, cached, channels, most == 1);
            if (most > 1) {
                return serveSeveral(handler, Turns.of(most, ThreadLocalRandom.current()::nextInt), waitingTitle);
            }
            worker.report(ZygoteProtocol.IDLE, 0, "");
            return worker.receive() ? serve(handler, channels, true) : WorkerExit.HANDLED;
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
    private WorkerExit serveSeveral(ConnectionHandler handler, int turns, byte[] waitingTitle)
            throws IOException, ReflectiveOperationException {
        PlainProcess.closeOnExec(ZygoteProtocol.QUEUE_FD);
        PlainProcess.closeOnExec(ZygoteProtocol.AGE_FD);
        CleanSlate slate = new CleanSlate();
        worker.report(ZygoteProtocol.IDLE, 0, "");
        for (int left = turns; left > 1; left--) {
            if (!worker.receive()) {
                return WorkerExit.HANDLED;
            }
            WorkerExit exit = serve(handler, slate.channels(), false);
            if (exit != WorkerExit.HANDLED || !slate.isQuiet()) {
                return exit;
            }
            slate.wipe();
            worker.leave(waitingTitle);
            // First the report, then the look: a reload between the two is seen, and one before them, too.
            if (!worker.done() || PlainProcess.isHungUp(ZygoteProtocol.AGE_FD)) {
                return WorkerExit.HANDLED;
            }
        }
        if (!worker.receive()) {
            return WorkerExit.HANDLED;
        }
        PlainProcess.close(ZygoteProtocol.AGE_FD);
        return serve(handler, slate.channels(), true);
    }

    private WorkerExit serve(ConnectionHandler handler, ChannelSource channels, boolean last)
            throws IOException, ReflectiveOperationException {
        long id = worker.id();
        worker.take(last);
        cached.refresh(id);
        return last ? WorkerMain.serve(handler, id, channels) : WorkerMain.serveOne(handler, id, channels);
    }

    private void fail(String message) {
        try {
            worker.report(ZygoteProtocol.FAILED, 0, message);
        } catch (IOException e) {
            System.err.println("forkd worker: " + message);
        }
    }
}
