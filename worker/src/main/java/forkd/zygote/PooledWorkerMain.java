package forkd.zygote;

import forkd.posix.Fd;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.ProcessTitle;
import forkd.posix.TitleArea;
import forkd.worker.ConnectionHandler;
import forkd.worker.HandlerException;
import forkd.worker.WorkerContract;
import forkd.worker.WorkerExit;
import forkd.worker.WorkerMain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A worker of the pool: a JVM that was started ahead. It loads and warms its handler, reports that it waits, and is given
 * one connection over the queue, descriptor {@value ZygoteProtocol#QUEUE_FD}, which all workers of the pool share; the
 * packets are those of {@link ZygoteProtocol}. Then it is a worker like any other.
 */
public final class PooledWorkerMain {
    private final Fd queue = new Fd(ZygoteProtocol.QUEUE_FD);
    private final PacketBuffer packet = new PacketBuffer(ZygoteProtocol.MAX_BYTES, ZygoteProtocol.MAX_DESCRIPTORS);

    /** Apart from the packet, in which the environment lies. */
    private final PacketBuffer report = new PacketBuffer(ZygoteProtocol.TEXT + ZygoteProtocol.MAX_TEXT_BYTES, 0);

    private TitleArea area;

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
            Environment environment = Environment.takeOver();
            area = new TitleArea(WorkerContract.PROCESS_NAME);
            if (Boolean.getBoolean(WorkerContract.HIDDEN)) {
                Posix.hideFromItsUser();
            }
            ConnectionHandler handler =
                    new WarmUp(args[0], Integer.parseInt(args[1]), args.length > 2 ? args[2] : null, environment).run();
            report(ZygoteProtocol.IDLE, 0, "");
            if (packet.receive(queue) == 0 || packet.descriptor(ZygoteProtocol.SOCKET) < 0) {
                return WorkerExit.HANDLED; // the launcher is gone, or does not need this one any more
            }
            return serve(handler, environment);
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

    private WorkerExit serve(ConnectionHandler handler, Environment environment) throws IOException {
        int log = packet.descriptor(ZygoteProtocol.LOG);
        if (log >= 0) {
            Posix.dup2(log, WorkerContract.LOG);
            Posix.closeInherited(log);
        }
        environment.become(packet);
        int connection = packet.descriptor(ZygoteProtocol.SOCKET);
        long id = packet.getLong(ZygoteProtocol.ID);
        // Not by ProcessTitle: a hidden process cannot open its own memory.
        area.write(packet, ZygoteProtocol.TEXT, packet.getInt(ZygoteProtocol.TEXT_LENGTH));
        Posix.dup2(connection, WorkerContract.CONNECTION_IN);
        Posix.dup2(connection, WorkerContract.CONNECTION_OUT);
        Posix.closeInherited(connection);
        report(ZygoteProtocol.STARTED, id, "");
        queue.close();
        return WorkerMain.serve(handler, id, AdoptedChannel::open);
    }

    private void report(byte type, long id, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes = Arrays.copyOf(bytes, Math.min(bytes.length, ZygoteProtocol.MAX_TEXT_BYTES));
        report.putByte(ZygoteProtocol.TYPE, type);
        report.putInt(ZygoteProtocol.NUMBER, Posix.getpid());
        report.putLong(ZygoteProtocol.ID, id);
        report.putInt(ZygoteProtocol.TEXT_LENGTH, bytes.length);
        report.putBytes(ZygoteProtocol.TEXT, bytes, 0, bytes.length);
        report.send(queue, ZygoteProtocol.TEXT + bytes.length, List.of());
    }

    private void fail(String message) {
        try {
            report(ZygoteProtocol.FAILED, 0, message);
        } catch (IOException e) {
            System.err.println("forkd worker: " + message);
        }
    }
}
